"""The Hub's protocol against a loopback server: commit, files, resume, refusals."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import ModelError, UsageError
from thresher.app.models import download
from thresher.app.models.library import find, list_models, verify
from thresher.app.models.pull import pull

COMMIT = "a" * 40
REPOSITORY = "someone/tiny-4bit"


class Hub:
    """Publishes folders as commits of REPOSITORY on the server."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.files: dict[str, bytes] = {}

    def publish(self, folder: Path, commit: str = COMMIT, **extra: bytes) -> None:
        self.files = {p.name: p.read_bytes() for p in folder.iterdir()} | extra
        siblings = []
        for name, content in self.files.items():
            entry: dict[str, Any] = {"rfilename": name, "size": len(content)}
            entry["blobId"] = sha1(b"blob %d\0" % len(content) + content).hexdigest()
            if name.endswith(".safetensors"):
                digest = sha256(content).hexdigest()
                entry["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 130}
                entry["blobId"] = "0" * 40
            siblings.append(entry)
            # As the Hub does it: a large file is a redirect to another place.
            path = f"/{REPOSITORY}/resolve/{commit}/{name}"
            if name.endswith(".safetensors"):
                headers = {"Location": f"{self.server.url}/cdn/{name}", "X-Repo-Commit": commit}
                headers |= {"X-Linked-Size": str(len(content)), "X-Linked-Etag": f'"{digest}"'}
                self.server.answers[path] = (302, headers, b"")
                self.server.files[f"/cdn/{name}"] = content
            else:
                self.server.files[path] = content
                self.server.headers[path] = {"X-Repo-Commit": commit}
        info: dict[str, Any] = {"id": REPOSITORY, "modelId": REPOSITORY, "sha": commit, "siblings": siblings}
        info |= {"cardData": {"license": "apache-2.0"}, "tags": [], "private": False, "downloads": 0}
        self.answer(200, {}, info)

    def answer(self, status: int, headers: dict[str, str], body: Any, revision: str = "main") -> None:
        headers = {"Content-Type": "application/json", **headers}
        self.server.answers[f"/api/models/{REPOSITORY}/revision/{revision}"] = (
            status,
            headers,
            json.dumps(body).encode(),
        )


@pytest.fixture
def hub(server: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hub:
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(download, "_pause", lambda _: None)
    return Hub(server)


def test_a_repository_is_installed_at_a_commit(hub: Hub, tiny_model: Path, tmp_path: Path) -> None:
    hub.publish(tiny_model, COMMIT, **{"README.md": b"# hello", "pytorch_model.bin": b"pickle"})
    model = pull(tmp_path / "models", REPOSITORY)
    assert model.name == "tiny-4bit"
    assert (model.facts.revision, model.facts.licence, model.facts.kind) == (COMMIT, "apache-2.0", "hub")
    assert set(model.facts.files) == {p.name for p in tiny_model.iterdir()}  # no .bin, no README
    assert model.facts.context == 256
    asked = [path for _, path, _ in hub.server.requests if "/resolve/" in path]
    assert asked
    assert all(f"/resolve/{COMMIT}/" in path for path in asked)
    assert find(tmp_path / "models", "tiny-4bit") == model


def test_a_broken_pull_is_no_model_and_the_next_resumes(hub: Hub, tiny_model: Path, tmp_path: Path) -> None:
    hub.publish(tiny_model)
    whole = sum(len(content) for content in hub.files.values())
    small = sum(len(c) for n, c in hub.files.items() if not n.endswith(".safetensors"))
    rest = [10**9] * len(hub.files)  # the answer about the repository, and the small files
    hub.server.break_after = [*rest, 50_000, 0, 0, 0, 0, 0]
    with pytest.raises(ModelError, match="goes on where it stopped"):
        pull(tmp_path / "models", REPOSITORY)
    assert list_models(tmp_path / "models") == []
    with pytest.raises(ModelError, match="no model named"):
        find(tmp_path / "models", "tiny-4bit")
    info = len(hub.server.answers[f"/api/models/{REPOSITORY}/revision/main"][2])
    assert hub.server.sent == small + 50_000 + info
    hub.server.break_after = []
    model = pull(tmp_path / "models", REPOSITORY)
    assert model.facts.size == whole
    assert hub.server.sent == whole + 2 * info  # what was there was not sent again


def test_a_new_commit_throws_the_old_parts_away(hub: Hub, tiny_model: Path, tmp_path: Path) -> None:
    hub.publish(tiny_model)
    hub.server.break_after = [10**9, 10**9, 100, 0, 0, 0, 0, 0]
    with pytest.raises(ModelError):
        pull(tmp_path / "models", REPOSITORY)
    hub.server.break_after = []
    changed = json.loads((tiny_model / "config.json").read_text()) | {"max_position_embeddings": 512}
    (tiny_model / "config.json").write_text(json.dumps(changed))
    hub.publish(tiny_model, commit="b" * 40)
    model = pull(tmp_path / "models", REPOSITORY)
    assert (model.facts.revision, model.facts.context) == ("b" * 40, 512)


def test_installed_is_left_alone_without_a_request(hub: Hub, tiny_model: Path, tmp_path: Path) -> None:
    hub.publish(tiny_model)
    model = pull(tmp_path / "models", REPOSITORY)
    hub.server.requests.clear()
    assert pull(tmp_path / "models", REPOSITORY) == model
    assert hub.server.requests == []
    with pytest.raises(UsageError, match="--again"):
        pull(tmp_path / "models", f"{REPOSITORY}@v2")
    with pytest.raises(UsageError, match="is installed from"):
        pull(tmp_path / "models", "another/tiny-4bit")


def test_a_model_with_a_missing_file_is_fetched_anew(hub: Hub, tiny_model: Path, tmp_path: Path) -> None:
    hub.publish(tiny_model)
    model = pull(tmp_path / "models", REPOSITORY)
    (model.folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"tokenizer\.json is missing"):
        find(tmp_path / "models", "tiny-4bit")
    pull(tmp_path / "models", REPOSITORY)
    assert (model.folder / "tokenizer.json").exists()


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_altered_bytes_are_refused(hub: Hub, tiny_model: Path, tmp_path: Path, name: str) -> None:
    """Large files by their sha256, small ones by git's id."""
    hub.publish(tiny_model)
    path = next(path for path in hub.server.files if path.endswith(f"/{name}"))
    content = bytearray(hub.server.files[path])
    content[-3] ^= 1
    hub.server.files[path] = bytes(content)
    with pytest.raises(ModelError, match="announced"):
        pull(tmp_path / "models", REPOSITORY)
    assert list_models(tmp_path / "models") == []


@pytest.mark.parametrize(
    ("extra", "drop", "reason"),
    [
        ({"modeling_tiny.py": b"import os"}, None, "code of its own"),
        ({"pytorch_model.bin": b"x"}, "model.safetensors", "pickled"),
        ({}, "tokenizer.json", "no tokenizer.json"),
    ],
)
def test_what_cannot_be_used_is_refused_before_the_download(
    hub: Hub, tiny_model: Path, tmp_path: Path, extra: dict[str, bytes], drop: str | None, reason: str
) -> None:
    if drop:
        (tiny_model / drop).unlink()
    hub.publish(tiny_model, COMMIT, **extra)
    with pytest.raises(ModelError, match=reason):
        pull(tmp_path / "models", REPOSITORY)
    assert not [path for _, path, _ in hub.server.requests if "/resolve/" in path]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("GatedRepo", "gated.*HF_TOKEN"),
        ("RepoNotFound", "no such repository"),
        ("RevisionNotFound", "no revision 'main'"),
    ],
)
def test_the_hub_says_no(hub: Hub, tmp_path: Path, code: str, words: str) -> None:
    status = 403 if code == "GatedRepo" else 404
    hub.answer(status, {"X-Error-Code": code, "X-Error-Message": "no"}, {"error": "no"})
    with pytest.raises(ModelError, match=words):
        pull(tmp_path / "models", REPOSITORY)


def test_the_token_goes_along(hub: Hub, tiny_model: Path, tmp_path: Path, monkeypatch: Any) -> None:
    seen: list[Any] = []
    original: Callable[..., str] = download.fetch

    def fetch(*a: Any, **k: Any) -> str:
        seen.append(k["headers"].get("authorization"))
        return original(*a, **k)

    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setattr("thresher.app.models.hub.fetch", fetch)
    hub.publish(tiny_model)
    pull(tmp_path / "models", REPOSITORY)
    assert set(seen) == {"Bearer hf_secret"}


def test_no_network_says_so(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ModelError, match="cannot be reached"):
        pull(tmp_path / "models", REPOSITORY)


def test_the_users_own_offline_switch_is_obeyed(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thresher.app.models.offline._set_here", set())
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE is set"):
        pull(tmp_path / "models", REPOSITORY)
    assert hub.server.requests == []


@pytest.mark.parametrize("wanted", ["nonsense", "../evil", "a/b/c", "someone/.hidden", "someone/-x"])
def test_odd_names_are_wrong_use(hub: Hub, tmp_path: Path, wanted: str) -> None:
    with pytest.raises((UsageError, ModelError)):
        pull(tmp_path / "models", wanted)
    assert list_models(tmp_path / "models") == []


def test_a_killed_pull_leaves_no_model_and_no_lock(hub: Hub, tiny_model: Path, tmp_path: Path) -> None:
    hub.publish(tiny_model)
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom thresher.app.models.pull import pull\n"
        "def kill(t):\n    if t.total and t.done > t.total // 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"pull(Path(sys.argv[1]), {REPOSITORY!r}, on_transfer=kill)"
    )
    models = tmp_path / "models"
    done = subprocess.run([sys.executable, "-c", code, str(models)], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert list_models(models) == []
    hub.server.requests.clear()
    assert verify(pull(models, REPOSITORY)) == []
    [again] = [ranged for _, path, ranged in hub.server.requests if path == "/cdn/model.safetensors"]
    assert again is not None  # resumed, not begun anew
