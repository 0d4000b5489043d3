"""What holds for every format: what a file is, what it is refused for, and that regions are right."""

import bz2
import hashlib
import io
import os
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import DocumentError
from thresher.app.documents.document import Document
from thresher.app.documents.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    MislabelledDocumentError,
    MissingDocumentError,
    OversizedDocumentError,
    UnsupportedDocumentError,
)
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes, read_document

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
MUTATED = ["offer.pdf", "offer.docx", "offer.xlsx", "offer.eml", "offer.html", "offer.csv"]
ENDINGS = [
    ".pdf",
    ".docx",
    ".xlsx",
    ".csv",
    ".html",
    ".eml",
    ".txt",
    ".md",
    ".png",
    ".tif",
    ".bmp",
    ".webp",
    "",
]


def check_regions(document: Document) -> None:
    """In order, not overlapping, and each says a word of the text: nothing is lost to normalising."""
    end = 0
    for region in document.regions:
        assert end <= region.start < region.end <= len(document.text)
        word = document.text[region.start : region.end]
        assert word == word.strip()
        end = region.end
    assert not any(c in document.text for c in "\0\r\x1b\x0c")
    document.text.encode("utf-8")


def read_or_refused(data: bytes, name: str) -> None:
    """A sound document, or an error of a kind of its own that names it: nothing else may come out."""
    try:
        document = read_bytes(data, name)
    except DocumentError as refusal:
        error = refusal
    else:
        check_regions(document)
        return
    assert str(error).startswith(name)
    assert type(error) is not DocumentError


def zipped(name: str, data: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def test_a_document_knows_its_file(tmp_path: Path, samples: dict[str, bytes]) -> None:
    for name, data in samples.items():
        path = tmp_path / name
        path.write_bytes(data)
        document = read_document(path)
        assert document.sha256 == hashlib.sha256(data).hexdigest()
        assert (document.name, document.path) == (name, path)
        assert document.regions
        check_regions(document)


def test_every_word_of_the_text_stands_in_a_region(samples: dict[str, bytes]) -> None:
    for name, data in samples.items():
        document = read_bytes(data, name)
        left = list(document.text)
        for region in document.regions:
            left[region.start : region.end] = " " * (region.end - region.start)
        outside = [line for line in "".join(left).split("\n") if line.strip() and not line.startswith("--- ")]
        assert outside == [], name


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (
            "offer.pdf",
            "offer.docx",
            r"its ending says Word document, but it is a PDF\. Give it the ending \.pdf",
        ),
        ("offer.docx", "offer.pdf", r"ending says PDF, but it is a Word document.*\.docx"),
        ("offer.xlsx", "offer.csv", r"ending says CSV table, but it is an Excel workbook.*\.xlsx"),
        ("offer.html", "offer.xls", r"ending says old Excel workbook, but it is an HTML page.*\.html"),
        ("offer.txt", "offer.png", r"ending says PNG image, but it is a text file"),
        ("offer.html", "offer.csv", r"HTML page"),
    ],
)
def test_a_wrong_ending_is_named_with_both_formats(
    samples: dict[str, bytes], content: str, name: str, says: str
) -> None:
    with pytest.raises(MislabelledDocumentError, match=says):
        read_bytes(samples[content], name)


def test_no_ending_is_no_lie(samples: dict[str, bytes]) -> None:
    assert read_bytes(samples["offer.pdf"], "offer").kind == "pdf"
    assert read_bytes(samples["offer.docx"], "offer.v2").kind == "docx"
    assert read_bytes(b"just notes", "notes.log").kind == "text"
    assert read_bytes(b"From: Ada\nTo: Carl\nDate: today\n\nSubject to change", "letter.txt").kind == "text"


@pytest.mark.parametrize(
    "text", ["MZ Möbelzentrum Süd", "RIFF RAFF Müller", "PAR1 – Teil 1", "ID3 für alle", "BZh Öl"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_text_may_begin_as_a_program_or_a_film_does(text: str, encoding: str) -> None:
    document = read_bytes(f"{text}\nRechnung 4711 über 12,50 €\n".encode(encoding), "letter.txt")
    assert document.text == f"{text}\nRechnung 4711 über 12,50 €\n"


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (OLE + "WordDocument".encode("utf-16-le"), "a.doc", r"old Word document.*save it as \.docx"),
        (OLE + "Workbook".encode("utf-16-le"), "a.xls", r"old Excel workbook.*save it as \.xlsx"),
        (OLE + "__substg1.0_".encode("utf-16-le"), "a.msg", r"Outlook message.*save it as \.eml"),
        (zipped("notes.txt"), "a.zip", r"ZIP archive.*Unpack it"),
        (zipped("ppt/presentation.xml"), "a.pptx", r"PowerPoint presentation.*PDF"),
        (
            zipped("mimetype", b"application/vnd.oasis.opendocument.text"),
            "a.odt",
            r"OpenDocument text.*\.docx",
        ),
        (b"MZ\x90\0" + bytes(100), "a.exe", r"program"),
        (b"GIF89a" + bytes(100), "a.gif", r"GIF image.*PNG"),
        (b"{\\rtf1 hello}", "a.rtf", r"rich text file.*\.docx"),
        (b"\x1f\x8b" + bytes(100), "a.gz", r"compressed archive"),
        (bz2.compress(b"Nails"), "a.bz2", r"compressed archive"),
        (b"RIFF$\x08\0\0WAVEfmt ", "a.wav", r"sound or film"),
        (b"PAR1\x15\x04\x15", "a.parquet", r"database"),
        (bytes(range(256)) * 4, "a.xyz", r"unknown format"),
    ],
)
def test_what_is_not_read_says_what_to_save_it_as(data: bytes, name: str, says: str) -> None:
    with pytest.raises(UnsupportedDocumentError, match=says):
        read_bytes(data, name)


def test_an_empty_file_and_one_of_white_space() -> None:
    for name in ("a.pdf", "a.txt", "a"):
        with pytest.raises(EmptyDocumentError, match=f"{name}: the file is empty"):
            read_bytes(b"", name)
    with pytest.raises(EmptyDocumentError):
        read_bytes(b" \n\t\n", "blank.txt")


def test_noise_under_a_known_ending_is_corrupt() -> None:
    for name in ("a.pdf", "a.docx", "a.png", "a.txt"):
        with pytest.raises(CorruptDocumentError, match=name):
            read_bytes(random.Random(1).randbytes(4000), name)


def test_paths_that_give_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.pdf", tmp_path, tmp_path / ("x" * 3000)):
        with pytest.raises(MissingDocumentError):
            read_document(path)
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(MissingDocumentError, match=r"pipe\.txt: is no file, but a pipe"):
        read_document(tmp_path / "pipe.txt")
    large = tmp_path / "large.txt"
    large.write_bytes(b"x" * 2_000_000)
    with pytest.raises(OversizedDocumentError, match=r"large\.txt: the file is larger than 1 MiB"):
        read_document(large, limits=Limits(file_bytes=2**20))


@given(data=st.binary(max_size=400), ending=st.sampled_from(ENDINGS))
@example(b"%PDF-1.7\n%%EOF", ".pdf")
@example(b"PK\x05\x06" + bytes(18), ".docx")
@example(b"<html>" + b"<!---->" * 500, ".html")
@example(b"<!---->" * 580, ".html")
@example(b"BM" + bytes(12) + b"\x28\0\0\0" + b"\xff" * 40, ".bmp")
@settings(max_examples=300, deadline=None)
def test_hostile_bytes_are_a_document_or_a_named_error(data: bytes, ending: str) -> None:
    read_or_refused(data, f"hostile{ending}")


@given(text=st.text(max_size=300), ending=st.sampled_from([".txt", ".md", ".csv", ".html", ".eml", ""]))
@settings(max_examples=200, deadline=None)
def test_hostile_text_is_a_document_or_a_named_error(text: str, ending: str) -> None:
    for data in (text.encode("utf-8", "surrogatepass"), text.encode("utf-16", "surrogatepass")):
        read_or_refused(data, f"hostile{ending}")


@given(
    seed=st.integers(0, 2**32),
    name=st.sampled_from(["offer.pdf", "offer.docx", "offer.xlsx", "offer.eml", "offer.html", "offer.csv"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_documents_are_a_document_or_a_named_error(
    samples: dict[str, bytes], seed: int, name: str
) -> None:
    chance = random.Random(seed)
    data = bytearray(samples[name])
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(data))
        match chance.randrange(4):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(1, 200)]
            case 2:
                data[at:at] = data[max(at - 100, 0) : at]
            case _:
                data[at : at + 8] = chance.randbytes(8)
        if not data:
            return
    read_or_refused(bytes(data), name)
