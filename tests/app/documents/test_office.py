"""The archive that DOCX and XLSX both are, and what is refused of either."""

import io

import docx as word
import pytest
from PIL import Image

from thresher.app.documents.errors import (
    CorruptDocumentError,
    EmptyDocumentError,
    EncryptedDocumentError,
    OversizedDocumentError,
)
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes

from .conftest import with_part


def test_an_archive_that_expands_without_end_is_refused(samples: dict[str, bytes]) -> None:
    bomb = with_part(samples["offer.docx"], "word/media/zeros.bin", lambda _: bytes(3 * 2**20))
    assert len(bomb) < 100_000
    with pytest.raises(OversizedDocumentError, match=r"bomb\.docx: expands to more than 2 MiB"):
        read_bytes(bomb, "bomb.docx", limits=Limits(expanded_bytes=2 * 2**20))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(("name", "part"), [("a.docx", "word/document.xml"), ("a.xlsx", "xl/workbook.xml")])
def test_entities_are_refused(samples: dict[str, bytes], name: str, part: str, encoding: str) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'.encode(encoding)
    data = with_part(samples[f"offer{name[1:]}"], part, lambda _: laughs)
    with pytest.raises(CorruptDocumentError, match="declares XML entities"):
        read_bytes(data, name)


@pytest.mark.parametrize("name", ["offer.docx", "offer.xlsx"])
def test_a_password_is_told_from_other_old_office_files(name: str) -> None:
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    )
    with pytest.raises(EncryptedDocumentError, match="remove the password"):
        read_bytes(locked, name)


def test_broken_parts_are_corrupt(samples: dict[str, bytes]) -> None:
    for name, part in (("offer.docx", "word/document.xml"), ("offer.xlsx", "xl/worksheets/sheet1.xml")):
        with pytest.raises(CorruptDocumentError, match=name):
            read_bytes(with_part(samples[name], part, lambda xml: xml[: len(xml) // 2]), name)
        with pytest.raises(CorruptDocumentError, match=name):
            read_bytes(samples[name][:-200], name)


def test_a_grid_that_spans_too_far_is_refused(samples: dict[str, bytes]) -> None:
    with pytest.raises(OversizedDocumentError, match="span more than 10 cells"):
        read_bytes(samples["offer.xlsx"], "offer.xlsx", limits=Limits(cells=10))


def test_an_empty_document_is_empty() -> None:
    out = io.BytesIO()
    word.Document().save(out)
    with pytest.raises(EmptyDocumentError):
        read_bytes(out.getvalue(), "blank.docx")


def test_of_words_in_a_picture_alone_it_is_said_how_they_can_be_read() -> None:
    picture, out = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (40, 40)).save(picture, "PNG")
    document = word.Document()
    document.add_picture(picture)
    document.save(out)
    page = b"<html><body><img src='scan.png'><script>draw()</script></body></html>"
    for data, name in ((out.getvalue(), "scan.docx"), (page, "scan.html")):
        with pytest.raises(EmptyDocumentError, match="print it as a PDF"):
            read_bytes(data, name)
