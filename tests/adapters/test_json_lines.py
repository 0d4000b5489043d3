"""Lines of JSON are the same lines whoever reads them."""

from pathlib import Path

import pytest

from thresher.adapters.json_lines import json_lines


def test_lines_have_their_numbers_whatever_lies_between_them(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes('\ufeff1\r\n \n\n"a\u2028b\x85"'.encode())
    read = [(line.number, line.where, line.parsed()) for line in json_lines(path)]
    assert read == [(1, f"{path}:1", 1), (4, f"{path}:4", "a\u2028b\x85")]


@pytest.mark.parametrize(
    "data", [b"{", b'"\xe9"', b"\xff\xfe1\0", b"9" * 5000, b'{"a":' * 100_000], ids=range(5)
)
def test_what_is_no_json_is_a_value_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(data)
    (line,) = json_lines(path)
    with pytest.raises(ValueError, match=r"\w"):
        line.parsed()


def test_what_no_file_can_keep_stands_in_no_text(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(rb'{"\ud800a": ["\udfffb\u0000c", 1, null], "whole": "\ud83d\ude00"}')
    (line,) = json_lines(path)
    assert line.parsed() == {"\ufffda": ["\ufffdb c", 1, None], "whole": "\U0001f600"}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b'{"shop": "A", "shop": "B"}', "shop"),
        (b'{"output": {"shop": "A", "when": 1, "shop": "A"}}', "shop"),
        (b'{"fields": [{"name": "a", "name": "b"}]}', "name"),
        (rb'{"a\u0000": 1, "a ": 2}', "a "),
        (rb'{"caf\u00e9": 1, "caf\u00e9": 2}', "café"),
    ],
)
def test_a_key_that_repeats_is_refused(tmp_path: Path, data: bytes, key: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(data)
    (line,) = json_lines(path)
    with pytest.raises(ValueError, match=f"^has the key {key!r} twice: leave one of them out$"):
        line.parsed()


def test_what_is_no_json_says_so_itself(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    for data in (b"{", b"\xff", b'{"a":' * 100_000):
        path.write_bytes(data)
        (line,) = json_lines(path)
        with pytest.raises(ValueError, match=r"^is no JSON in UTF-8 \("):
            line.parsed()
