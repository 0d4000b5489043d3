"""Where records go: files, links, devices and streams; what is there already or was written stays."""

import io
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from thresher.adapters.errors import UsageError
from thresher.app.export import Format, open_writer
from thresher.app.export.jsonl import record_line

from .conftest import RECORD, export, hostile, written


@pytest.mark.parametrize("format", get_args(Format))
def test_a_file_that_appears_meanwhile_is_kept_and_so_are_the_records(tmp_path: Path, format: Format) -> None:
    target = tmp_path / "out"
    writer = open_writer(format, target)
    writer.write(RECORD)
    target.write_text("mine")
    with pytest.raises(UsageError, match=r"meanwhile; the records are in .*out\.partial, rename it"):
        writer.close()
    assert target.read_text() == "mine"
    export([RECORD], format, tmp_path / "whole")
    whole, kept = (tmp_path / "whole").read_bytes(), (tmp_path / "out.partial").read_bytes()
    # A workbook says when it was made.
    assert kept[:2] == b"PK" if format == "xlsx" else kept == whole


def test_a_file_in_a_folder_that_may_not_be_opened_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("thresher.app.export.target.sync", refuse)
    export([RECORD], "jsonl", tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == record_line(RECORD)


def test_a_file_has_one_writer_at_a_time(tmp_path: Path) -> None:
    target = tmp_path / "out"
    writer = open_writer("jsonl", target, overwrite=True)
    writer.write(RECORD)
    with pytest.raises(UsageError, match="being written at this moment"):
        open_writer("jsonl", target, overwrite=True)
    writer.write(RECORD)
    writer.close()
    assert target.read_bytes() == record_line(RECORD) * 2
    export([RECORD], "jsonl", target, overwrite=True)
    assert target.read_bytes() == record_line(RECORD)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_killed_process_leaves_its_lines(tmp_path: Path) -> None:
    code = (
        "import os, pickle, signal, sys\nfrom pathlib import Path\n"
        "from thresher.app.export import open_writer\n"
        "record = pickle.load(sys.stdin.buffer)\n"
        "writer = open_writer('jsonl', Path(sys.argv[1]))\n"
        "writer.write(record); writer.write(record)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], input=pickle.dumps(RECORD))
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / "out.partial").read_bytes() == record_line(RECORD) * 2
    assert not (tmp_path / "out").exists()


def test_places_that_cannot_be_written_are_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        open_writer("csv", tmp_path)
    with pytest.raises(UsageError, match="there is no folder"):
        open_writer("csv", tmp_path / "none" / "x")
    with pytest.raises(UsageError, match="no format"):
        open_writer("pdf", tmp_path / "x")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no /dev/stdout on this system")
def test_a_pipe_may_be_named(tmp_path: Path) -> None:
    code = (
        "import pickle, sys\nfrom pathlib import Path\n"
        "from thresher.app.export import open_writer\n"
        "with open_writer('jsonl', Path('/dev/stdout')) as writer:\n"
        "    writer.write(pickle.load(sys.stdin.buffer))\n"
    )
    process = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(RECORD), stdout=subprocess.PIPE)
    assert process.stdout == record_line(RECORD)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_told() -> None:
    with pytest.raises(UsageError, match="Free space"):
        export([RECORD], "csv", Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


def test_a_disk_that_fills_up_leaves_whole_lines(tmp_path: Path) -> None:
    line = record_line(RECORD)
    code = (
        "import pickle, resource, sys\nfrom pathlib import Path\n"
        "from thresher.app.export import open_writer\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(line) * 5 // 2}, resource.RLIM_INFINITY))\n"
        "record = pickle.load(sys.stdin.buffer)\n"
        "with open_writer('jsonl', Path(sys.argv[1])) as writer:\n"
        "    for _ in range(9): writer.write(record)\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")], input=pickle.dumps(RECORD), capture_output=True
    )
    assert b"the records cannot be written (File too large). Free space" in process.stderr
    assert (tmp_path / "out.partial").read_bytes() == line * 2


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_goes_on_pointing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    export([RECORD], "jsonl", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == record_line(RECORD)


def test_streams_of_text_and_of_bytes_take_the_same() -> None:
    text = io.StringIO()
    export([RECORD], "markdown", text)
    assert text.getvalue().encode() == written("markdown", RECORD)
    below = io.BytesIO()
    wrapped = io.TextIOWrapper(below, encoding="ascii")  # a terminal's narrow encoding harms nothing
    export([hostile("é")], "jsonl", wrapped)
    assert below.getvalue() == record_line(hostile("é"))
    with pytest.raises(UsageError, match="no text"):
        export([RECORD], "xlsx", io.StringIO())
