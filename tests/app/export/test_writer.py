"""In every format a file appears when it is whole, and any value or none can be written."""

import io
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from thresher.adapters.errors import UsageError
from thresher.app.export import Format, open_writer
from thresher.app.export.jsonl import record_line
from thresher.app.record import Outcome, Value

from .conftest import FIELDS, RECORD, export, written


@pytest.mark.parametrize("format", get_args(Format))
def test_a_file_appears_when_it_is_whole(tmp_path: Path, format: Format) -> None:
    target = tmp_path / "out"
    writer = open_writer(format, target, FIELDS)
    writer.write(RECORD)
    assert not target.exists()
    writer.close()
    writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert target.stat().st_size > 100


@pytest.mark.parametrize("format", get_args(Format))
def test_a_file_that_is_there_is_kept_unless_asked(tmp_path: Path, format: Format) -> None:
    target = tmp_path / "out"
    target.write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        export([RECORD], format, target)
    assert target.read_text() == "mine"
    writer = open_writer(format, target, overwrite=True)
    writer.write(RECORD)
    writer.abandon()
    assert target.read_text() == "mine"
    assert (tmp_path / "out.partial").exists() == (format == "jsonl")
    export([RECORD], format, target, overwrite=True)
    assert target.read_bytes() != b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_raises_leaves_finished_lines_alone(tmp_path: Path) -> None:
    def broken() -> Any:
        yield RECORD
        raise KeyError

    for format in get_args(Format):
        with pytest.raises(KeyError):
            export(broken(), format, tmp_path / format)
    assert [path.name for path in tmp_path.iterdir()] == ["jsonl.partial"]
    assert (tmp_path / "jsonl.partial").read_bytes() == record_line(RECORD)


@pytest.mark.parametrize("raw", [["a", 3, None], {"a": 1}, 10**400, float("inf"), "2024-02-30"])
def test_an_invalid_value_is_shown_as_it_was_said(raw: Any) -> None:
    record = replace(RECORD, values={"signed": Value(raw, Outcome.INVALID, 0.5)})
    for format in get_args(Format):
        assert written(format, record)


def test_no_records_make_a_header() -> None:
    assert written("jsonl") == b""
    assert written("csv").decode().startswith("record.id,")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert openpyxl.load_workbook(io.BytesIO(written("xlsx")))["records"].max_row == 1
