import hashlib
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.app.documents.errors import EmptyDocumentError, MissingDocumentError
from thresher.app.sources import Source, document_of, expand_paths, read_records


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with documents, hidden files and files that are not read."""
    monkeypatch.chdir(tmp_path)
    shown = ("in/b.pdf", "in/a.TXT", "in/sub/c.eml", "in/tool.exe")
    for name in (*shown, "in/.hidden.txt", "in/.git/d.txt", "in/~$a.docx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
    return tmp_path


def ids(*paths: str) -> list[str]:
    return [source.id for source in expand_paths(paths)]


def test_a_folder_is_searched_in_order_for_what_is_read(folder: Path) -> None:
    expansion = expand_paths(["in"])
    assert [source.id for source in expansion] == ["in/a.TXT", "in/b.pdf", "in/sub/c.eml"]
    assert expansion.skipped == 1
    assert expansion.sources[0].path == Path("in/a.TXT")


def test_a_search_asks_between_files_whether_to_go_on(folder: Path) -> None:
    class EnoughError(Exception):
        pass

    def between() -> None:
        raise EnoughError

    for path in ("in", "in/*", "in/b.pdf"):
        with pytest.raises(EnoughError):
            expand_paths([path], between=between)


def test_a_file_that_is_named_is_taken_whatever_its_ending(folder: Path) -> None:
    assert ids("in/tool.exe", "in/.hidden.txt") == ["in/tool.exe", "in/.hidden.txt"]
    assert expand_paths(["in/tool.exe", "in"]).skipped == 0


def test_a_folder_that_cannot_be_opened_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def locked(path: str) -> object:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    expansion = expand_paths(["in"])
    assert sorted(source.id for source in expansion) == ["in/a.TXT", "in/b.pdf", "in/sub"]
    (source,) = (source for source in expansion if source.id == "in/sub")
    with pytest.raises(MissingDocumentError, match=r"in/sub: the folder cannot be opened.*rights"):
        document_of(source)
    assert ids("in/sub") == ["in/sub"]


def test_what_may_be_listed_and_not_looked_at_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(call: Callable[..., Any], path: Any, **options: Any) -> Any:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied", str(path))
        return call(path, **options)

    for name in ("stat", "lstat", "scandir"):
        monkeypatch.setattr(os, name, partial(locked, getattr(os, name)))
    assert "in/sub" in ids("in")


def test_a_link_to_a_folder_is_counted_and_read_where_it_is_given(folder: Path) -> None:
    (folder / "in" / "linked").symlink_to(folder / "elsewhere")
    (folder / "in" / "round").symlink_to(folder / "in")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "e.txt").write_text("text")
    expansion = expand_paths(["in"])
    assert [source.id for source in expansion] == ["in/a.TXT", "in/b.pdf", "in/sub/c.eml"]
    assert (expansion.skipped, expansion.links) == (1, 1)  # `round` leads to what is read
    both = expand_paths(["in", "in/linked"])
    assert "in/linked/e.txt" in [source.id for source in both]
    assert both.links == 0


def test_where_the_records_go_is_not_read(folder: Path) -> None:
    output = folder / "in" / "records.csv"
    assert not expand_paths(["in"], Path("in/records.csv")).output
    output.write_text("record.id\n")
    (folder / "in" / "records.csv.partial").write_text("record.id\n")
    (folder / "link.csv").symlink_to(output)
    for brought in (["in"], ["in/*.*"], sorted(str(path) for path in Path("in").iterdir() if path.is_file())):
        for asked in (Path("in/records.csv"), output, Path("link.csv")):
            expansion = expand_paths(brought, asked)
            assert "records" not in " ".join(source.id for source in expansion)
            assert expansion.output
    assert expand_paths(["in"], output).skipped == 1  # tool.exe
    assert "in/records.csv" in ids("in")


def test_no_file_comes_twice_however_it_is_reached(folder: Path) -> None:
    (folder / "link.pdf").symlink_to(folder / "in" / "b.pdf")
    assert ids("in/b.pdf", "in", "./in/b.pdf", str(folder / "in" / "b.pdf"), "link.pdf") == [
        "in/b.pdf",
        "in/a.TXT",
        "in/sub/c.eml",
    ]


def test_globs_that_the_shell_left_as_they_are(folder: Path) -> None:
    assert ids("in/*.pdf") == ["in/b.pdf"]
    assert ids("in/**/*.eml") == ["in/sub/c.eml"]
    assert ids("i?/[ab].*") == ["in/a.TXT", "in/b.pdf"]


def test_an_office_lock_file_is_no_document_however_it_is_brought(folder: Path) -> None:
    (folder / "~$b.docx").write_text("ana")
    for brought in ("~$b.docx", str(folder / "~$b.docx"), "*.docx"):  # by the shell's glob or by our own
        expansion = expand_paths([brought, "in/b.pdf"])
        assert [source.id for source in expansion] == ["in/b.pdf"]
        assert expansion.skipped == 1
    assert ids("~$gone.docx") == ["~$gone.docx"]  # one that is not there is told


def test_a_file_whose_name_looks_like_a_glob_is_that_file(folder: Path) -> None:
    (folder / "in" / "x[1].txt").write_text("text")
    assert ids("in/x[1].txt") == ["in/x[1].txt"]


def test_what_is_not_there_stays_and_fails_when_it_is_read(folder: Path) -> None:
    expansion = expand_paths(["gone.pdf", "in/b.pdf", "*.docx"])
    assert [source.id for source in expansion] == ["gone.pdf", "in/b.pdf", "*.docx"]
    with pytest.raises(MissingDocumentError, match=r"gone\.pdf"):
        document_of(expansion.sources[0])
    with pytest.raises(MissingDocumentError, match=r"\*\.docx"):
        document_of(expansion.sources[2])


@given(st.lists(st.text(max_size=30).map("no such place/".__add__), max_size=4))
@example(["~no such person/a.txt", "~$", "~$a.docx", "x" * 5000])
def test_any_text_is_a_path_and_never_a_crash(paths: list[str]) -> None:
    for source in expand_paths(paths):
        with pytest.raises(MissingDocumentError):
            document_of(source)


def records(folder: Path, *lines: object) -> Path:
    path = folder / "gold.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
    return path


def test_records_are_texts_with_ids_and_fields_of_their_own(tmp_path: Path) -> None:
    path = records(
        tmp_path,
        {"id": "r1", "input": "Total 5\r\n", "output": {"total": 5}, "file": "files/x.pdf", "tag": "t"},
        "",
        {"input": "Who?", "fields": [{"name": "who", "type": "string", "description": "The person"}]},
        {"id": 7, "input": "x", "instruction": "do", "fields": None},
    )
    assert read_records(path) == [
        Source("r1", text="Total 5\r\n"),
        Source("3", text="Who?", fields=(Field(name="who", type="string", description="The person"),)),
        Source("7", text="x"),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no JSON"),
        ("[1]", "no JSON object"),
        ('{"input": "a", "input": "b"}', "has the key 'input' twice: leave one of them out; a record is"),
        ({"id": "a"}, "'input' must be"),
        ({"id": "a", "input": 5}, "'input' must be"),
        ({"id": "", "input": "x"}, "'id' must be"),
        ({"id": True, "input": "x"}, "'id' must be"),
        ({"id": "a", "input": "x", "feilds": []}, "the key 'feilds' is not known"),
        ({"id": "a", "input": "x", "fields": [{"name": "n", "type": "money"}]}, "field 1: type"),
        ({"id": "first", "input": "x"}, "'first' is on line 1 of .*gold.jsonl too"),
    ],
)
def test_a_wrong_line_is_named_with_its_file(tmp_path: Path, line: object, says: str) -> None:
    path = records(tmp_path, {"id": "first", "input": "x"}, line)
    with pytest.raises(UsageError, match=rf"gold\.jsonl:2: .*{says}"):
        read_records(path)


def test_an_id_stands_for_one_record_of_a_batch(tmp_path: Path) -> None:
    first = records(tmp_path, {"id": "r1", "input": "x"}, {"input": "y"}).rename(tmp_path / "first.jsonl")
    places = {"in/a.pdf": "that of a file"}
    assert [source.id for source in read_records(first, places)] == ["r1", "2"]
    for id_, where in (
        ("r1", "on line 1 of .*first"),
        ("2", "on line 2 of .*first"),
        ("in/a.pdf", "that of a"),
    ):
        with pytest.raises(UsageError, match=rf"gold\.jsonl:1: the id '{id_}' is {where}.* too"):
            read_records(records(tmp_path, {"id": id_, "input": "z"}), dict(places))
    path = records(tmp_path, "", {"input": "z"})
    assert [source.id for source in read_records(path, places, "gold.jsonl:")] == ["gold.jsonl:2"]


def test_a_records_file_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(MissingDocumentError, match=r"gone\.jsonl.*--records"):
        read_records(tmp_path / "gone.jsonl")
    with pytest.raises(UsageError, match="holds no record"):
        read_records(records(tmp_path, ""))


def test_a_record_is_a_document_as_it_stands(tmp_path: Path) -> None:
    document = document_of(Source("r1", text="Größe 5\r\n"))
    assert (document.name, document.kind, document.text) == ("r1", "record", "Größe 5\r\n")
    assert document.sha256 == hashlib.sha256("Größe 5\r\n".encode()).hexdigest()
    with pytest.raises(EmptyDocumentError, match="r2"):
        document_of(Source("r2", text="  "))


@given(st.text())
def test_any_text_can_be_a_record(text: str) -> None:
    with TemporaryDirectory() as folder:
        (source,) = read_records(records(Path(folder), {"id": "x", "input": text}))
    assert source.text is not None
    assert len(source.text) == len(text)  # offsets stay
    source.text.encode("utf-8")


def test_a_file_s_source_is_read(folder: Path) -> None:
    (source,) = expand_paths(["in/a.TXT"])
    assert document_of(source).text == "text\n"
