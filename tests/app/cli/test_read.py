import json
import os
import sys
from pathlib import Path

import pytest

from thresher.app.documents.read import read_document

from .conftest import Thresher


def test_the_text_comes_out_character_for_character(thresher: Thresher, tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_bytes("Total\t12,50 €\r\nKöln — Straße 5\r\n".encode())
    ended = thresher("read", file)
    assert ended.code == 0
    assert ended.out == read_document(file).text


def test_places_cut_the_text_at_their_offsets(thresher: Thresher, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("item,price\npear,3\n")
    text = thresher("read", file).out
    pieces = [json.loads(line) for line in thresher("read", file, "--places").out.splitlines()]
    assert [text[p["start"] : p["end"]] for p in pieces] == [p["text"] for p in pieces]
    assert {"cell", "text"} <= pieces[0].keys()


def test_json_has_text_and_places(thresher: Thresher, tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("One line")
    told = json.loads(thresher("read", file, "--json", "--places").out)
    assert told["text"].rstrip("\n") == "One line"
    assert told["kind"] == "text"
    assert told["places"][0]["end"] == len("One line")


@pytest.mark.skipif(sys.platform != "linux", reason="names need not be text only there")
def test_a_name_that_is_no_text_is_written_as_its_escape(
    thresher: Thresher, tmp_path: Path, strict_stdout: None
) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    file.write_text("One line")
    told = thresher("read", file, "--json")
    assert told.code == 0
    assert json.loads(told.out)["path"] == str(file)
    assert "\\udce9" in told.out


def test_a_missing_file_fails_with_its_name(thresher: Thresher, tmp_path: Path) -> None:
    ended = thresher("read", tmp_path / "none.pdf", "--json")
    assert ended.code == 1
    assert json.loads(ended.err)["kind"] == "missing"
    assert "none.pdf" in json.loads(ended.err)["message"]


def test_a_note_steers_no_terminal(thresher: Thresher, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_text(
        'Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n'
        "--B\nContent-Type: text/plain\n\nHello\n--B\nContent-Type: application/octet-stream\n"
        "Content-Disposition: attachment; filename*=utf-8''a%1B%5B31mred.bin\n\nx\n--B--\n"
    )
    told = thresher("read", file).err
    assert "a␛[31mred.bin" in told
    assert "\x1b" not in told
