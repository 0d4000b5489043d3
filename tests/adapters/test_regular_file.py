"""What is no regular file is refused at once by whoever reads small files, and never waited for."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.base_facts import FACTS_FILE, read_facts
from thresher.adapters.base_model import read_base
from thresher.adapters.calibration import CALIBRATION_FILE, read_calibrations
from thresher.adapters.errors import AdapterError, ModelError, PackError, ThresherError, UsageError
from thresher.adapters.fields import Field
from thresher.adapters.formats.config_file import CONFIG_FILE, read_object
from thresher.adapters.manifest import MANIFEST_FILE, read_manifest
from thresher.adapters.pack import read_pack
from thresher.adapters.pack_examples import HasFields, read_examples
from thresher.adapters.regular_file import MAX_BYTES, read_regular
from thresher.adapters.tensor_file import read_tensors
from thresher.adapters.tokens import tokenizer_hash
from thresher.adapters.training.run_config import read_run


def _fields(_: Sequence[Field]) -> HasFields:
    raise AssertionError("no line was read")


needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")

#: What is read, and by whom: of a folder, or of the file itself.
READERS: dict[str, tuple[str, Callable[[Path], Any], type[ThresherError]]] = {
    "manifest": (MANIFEST_FILE, lambda path: read_manifest(path.parent), AdapterError),
    "configuration": (CONFIG_FILE, lambda path: read_object(path.parent), AdapterError),
    "calibration": (CALIBRATION_FILE, read_calibrations, AdapterError),
    "facts": (FACTS_FILE, lambda path: read_facts(path.parent), ModelError),
    "base": ("config.json", lambda path: read_base(path.parent), ModelError),
    "tokenizer": ("tokenizer.json", lambda path: tokenizer_hash(path.parent), ModelError),
    "pack": ("pack.yaml", lambda path: read_pack(path.parent), PackError),
    "examples": ("gold.jsonl", lambda path: read_examples(path.parent, _fields), PackError),
    "run": ("run.yaml", read_run, UsageError),
    "matrices": ("model.safetensors", read_tensors, ModelError),
}


@needs_pipes
@pytest.mark.parametrize("reader", READERS)
def test_a_pipe_is_refused_where_a_file_is_meant(tmp_path: Path, reader: str) -> None:
    name, read, error = READERS[reader]
    os.mkfifo(tmp_path / name)
    with pytest.raises(error, match=name):
        read(tmp_path / name)


@pytest.mark.parametrize("reader", ["manifest", "configuration", "calibration", "facts", "base", "run"])
def test_what_no_such_file_can_be_as_large_as_is_not_read(tmp_path: Path, reader: str) -> None:
    name, read, error = READERS[reader]
    with (tmp_path / name).open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(error, match=name):
        read(tmp_path / name)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device on this system")
def test_a_link_to_a_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_FILE).symlink_to("/dev/zero")
    with pytest.raises(AdapterError, match=r"manifest.json: cannot be read \(.*is no regular file"):
        read_manifest(tmp_path)


def test_a_file_is_read_whole_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_regular(path, 5) == b"12345"
    with pytest.raises(OSError, match="is larger than 4 bytes"):
        read_regular(path, 4)
    with pytest.raises(IsADirectoryError):
        read_regular(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "none")
