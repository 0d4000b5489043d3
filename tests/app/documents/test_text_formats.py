"""Text and HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.app.documents.errors import CorruptDocumentError, OversizedDocumentError
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes

CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Smlouva byla uzavřena v Praze dne 5. března 2020."
RUSSIAN = "Договор заключён между сторонами в городе Москве"
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
    assert document.notes == ()


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


def test_a_page_as_its_reader_sees_it(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.html"], "offer.html")
    assert document.kind == "html"
    assert document.text == "Offer 4711\nOffer 4711\nNails for Ada Lovelace\nItem\tPrice\nNails\t12.50\n"


@pytest.mark.parametrize(
    ("style", "hides"),
    [
        (".a { display:none }", True),
        ("@import url(x.css); /* { */ p.a, .b { color: red; visibility: hidden }", True),
        ("@media print { .a { display: none } }", False),
        (".a:hover::before { display: none }", False),
        (".a { display: block }", False),
        ("} .a { display: none", False),
    ],
)
def test_a_style_sheet_hides_what_it_says(style: str, hides: bool) -> None:
    page = f"<html><style>{style}</style><body><p>seen</p><p class=a>maybe</p></body></html>"
    assert read_bytes(page.encode(), "page.html").text == ("seen\n" if hides else "seen\nmaybe\n")


def test_a_page_s_own_word_on_its_encoding_is_heeded() -> None:
    page = '<html><head><meta charset="iso-8859-2"></head><body>Łódź</body></html>'
    assert read_bytes(page.encode("iso-8859-2"), "page.html").text == "Łódź\n"


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("<td>Total<td>$1<span>,</span>234<sup>.50</sup>", "Total\t$1,234.50\n"),
        ("<td>14/06/<span>2025</span></td><td><b>A</b>da</td>", "14/06/2025\tAda\n"),
        ("<td>Ada<br>Bonn</td><td><p>1</p><p>2</p></td>", "Ada Bonn\t1 2\n"),
        ("<td><p>Nails</p></td><td></td><td><p>12.50</p></td>", "Nails\t\t12.50\n"),
        (
            "<td>&nbsp;</td><td><h1>Offer</h1><p>Dear Ada,<br>as agreed</p></td><td></td>",
            "Offer\nDear Ada,\nas agreed\n",
        ),
        ("<td></td><td>Total</td>", "\tTotal\n"),
        ("<form><td>in a</td><td>form</td></form>", "in a\nform\n"),
        (
            "<td>Menu</td><td>Offer<table><tr><td>Item<td>5.00<tr><td>Tax<td>1.00</table>thanks</td>",
            "Menu\nOffer\nItem\t5.00\nTax\t1.00\nthanks\n",
        ),
    ],
)
def test_a_table_s_row_as_its_reader_sees_it(row: str, text: str) -> None:
    page = f"<html><table><tr>{row}</tr></table></html>"
    assert read_bytes(page.encode(), "page.html").text == text


def joined(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(pieces, max_size=3).map("".join)


def tables(pieces: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    cells = joined(pieces).map("<td>{}</td>".format)
    return joined(joined(cells).map("<tr>{}</tr>".format)).map("<table>{}</table>".format)


NESTED = st.recursive(
    st.sampled_from(["<br>", " 1<b>@</b>2 "]),
    lambda pieces: joined(pieces).map("<div>{}</div>".format) | tables(pieces),
    max_leaves=20,
)


@given(NESTED)
def test_each_word_of_tables_within_tables_is_read_once_and_whole(nested: str) -> None:
    first, *rest = f"<html>1<b>@</b>2 {nested}</html>".split("@")
    page = first + "".join(f"{number}{more}" for number, more in enumerate(rest))
    words = read_bytes(page.encode(), "page.html").text.split()
    assert words == [f"1{number}2" for number in range(len(rest))]


def test_markup_within_text_stays_text() -> None:
    page = "<html><pre>a\n  b</pre><p>5 &lt; 6 &amp; [bold]x[/bold]<br>next<p><input value='typed'></html>"
    assert read_bytes(page.encode(), "page.html").text == "a\nb\n5 < 6 & [bold]x[/bold]\nnext\ntyped\n"


def test_what_was_typed_into_a_page_is_read_in_a_table_too() -> None:
    page = (
        "<html><table><tr><td>Total</td><td><input value='12.50'> net</td></tr></table>"
        "<input type=hidden value=x><p>Name <input value='Ada'><input type=submit value='Send'></p></html>"
    )
    assert read_bytes(page.encode(), "form.html").text == "Total\t12.50 net\nName Ada\n"
