"""Text in any encoding."""

import pytest

from thresher.app.documents.errors import CorruptDocumentError, OversizedDocumentError
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes

CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Smlouva byla uzavřena v Praze dne 5. března 2020."
RUSSIAN = "Договор заключён между сторонами в городе Москве"
HEBREW = "שלום עולם, זהו מכתב מהבנק. היתרה בחשבון היא 1,250.00 שקלים חדשים. תאריך: 03/04/2024"
ARABIC = "السلام عليكم، هذا كشف حساب من البنك. الرصيد 1250 ريال. التاريخ 03/04/2024"
THAI = "สวัสดีครับ นี่คือใบแจ้งยอด ยอดคงเหลือ 1,250.00 บาท"
JAPANESE = "請求書の合計金額は１０００円です。お支払い期限は三月末日です。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Grüße für 10 €", "utf-8"),
        ("Grüße für 10 €", "utf-8-sig"),
        ("Grüße für 10 €", "utf-16"),
        ("Grüße für 10 €, and some more", "utf-16-le"),
        ("Grüße für 10 €, and some more", "utf-16-be"),
        ("Grüße für 10 €", "utf-32"),
        ("café naïve “quoted” 10 €", "cp1252"),
        ("Señor Pérez, año 2024: 1.200 £", "cp1252"),
        (CZECH, "cp1250"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN.replace("ё", "е"), "cp866"),
        (HEBREW, "cp1255"),
        (ARABIC, "cp1256"),
        (THAI, "cp874"),
        (JAPANESE, "shift_jis"),
    ],
)
def test_any_usual_encoding(text: str, encoding: str) -> None:
    document = read_bytes(f"{text}\r\nsecond line\r\n".encode(encoding), "letter.txt")
    assert document.text == f"{text}\nsecond line\n"
    assert document.kind == "text"


GERMAN = "Herr Müller aus Köln zahlt 12,50 € für Nägel.\n" * 50


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("letter.txt", ""),
        ("letter.txt", "\ufeff"),
        ("letter.csv", ""),
        ("letter.html", "<!doctype html>"),
        ("letter.html", '\ufeff<!doctype html><meta charset="utf-8">'),
        ("letter.eml", "From: a@example.org\nTo: b@example.org\nSubject: x\n\n"),
    ],
)
def test_damaged_utf_8_is_read_as_such_and_told_of(name: str, head: str) -> None:
    whole = (head + GERMAN).encode()
    damaged = whole[:600] + b"\xff" + whole[600:]
    read = read_bytes(whole, name)
    document = read_bytes(damaged, name)
    assert document.text.replace("\ufffd", "") == read.text
    assert document.text.count("\ufffd") == 1
    assert read.notes == ()
    (note,) = document.notes
    assert "1 character is damaged and read as \ufffd" in note


def test_utf_8_that_ends_within_a_character_is_told_of() -> None:
    document = read_bytes((GERMAN + "Dank, Jör").encode()[:-2], "letter.txt")
    assert document.text == GERMAN + "Dank, J\ufffd\n"
    assert len(document.notes) == 1


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "cp1252"), (CZECH, "cp1250"), (RUSSIAN, "cp1251"), (JAPANESE, "shift_jis")],
)
def test_no_other_encoding_is_taken_for_damaged_utf_8(text: str, encoding: str) -> None:
    document = read_bytes((text.strip() + "\n").encode(encoding), "letter.txt")
    assert document.text == text.strip() + "\n"
    (note,) = document.notes
    assert "damaged" not in note


UNDECLARED = "From: a@example.org\nTo: b@example.org\nSubject: x\n\n"
DECLARED = f"Content-Type: text/plain; charset=windows-1252\nContent-Transfer-Encoding: 8bit\n{UNDECLARED}"


@pytest.mark.parametrize(
    ("name", "head", "encoding", "read_as"),
    [
        ("letter.txt", "", "cp1252", "windows-1252"),
        ("letter.csv", "", "cp1252", "windows-1252"),
        ("letter.html", "<!doctype html>", "cp1252", "windows-1252"),
        ("letter.eml", UNDECLARED, "cp1252", "windows-1252"),
        ("letter.txt", "", "utf-8", None),
        ("letter.txt", "", "utf-16", None),
        ("letter.csv", "", "utf-16-le", None),
        ("letter.html", "<!doctype html><meta charset=windows-1252>", "cp1252", None),
        ("letter.eml", DECLARED, "cp1252", None),
    ],
)
def test_an_encoding_that_was_guessed_is_noted(
    name: str, head: str, encoding: str, read_as: str | None
) -> None:
    document = read_bytes((head + GERMAN).encode(encoding), name)
    assert "Müller aus Köln zahlt" in document.text
    part = "body: " if name.endswith(".eml") else ""
    note = (
        f"{part}the text is not UTF-8 and was read as {read_as}: "
        "look whether its letters are right, else save it again as UTF-8"
    )
    assert document.notes == ((note,) if read_as else ())


@pytest.mark.parametrize("ending", ["txt", "csv", "html", "eml"])
def test_text_in_an_encoding_that_is_not_known_is_to_be_saved_as_utf_8(ending: str) -> None:
    with pytest.raises(CorruptDocumentError, match=rf"letter\.{ending}: .*save it again as UTF-8"):
        read_bytes("Herr Müller aus Köln zahlt für Nägel.\n".encode("cp437"), f"letter.{ending}")


def test_lines_keep_their_layout_and_each_is_a_region(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.txt"], "offer.txt")
    assert document.text == "Offer 4711\n\n  Nails\t12.50 €\n"
    assert [document.text[r.start : r.end] for r in document.regions] == ["Offer 4711", "Nails\t12.50 €"]


def test_what_says_nothing_is_taken_out() -> None:
    document = read_bytes(b"one\0two\x1b[31m\rthree\x0cfour\n", "notes.txt")
    assert document.text == "onetwo[31m\nthree\nfour\n"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(CorruptDocumentError, match=r"noise\.txt"):
        read_bytes(bytes(range(256)) * 20, "noise.txt")


def test_too_much_text() -> None:
    with pytest.raises(OversizedDocumentError, match="more than 10 characters"):
        read_bytes(b"twelve chars", "long.txt", limits=Limits(text_characters=10))
