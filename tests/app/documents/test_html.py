"""HTML: what is read of a page, in its order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.app.documents.errors import EmptyDocumentError
from thresher.app.documents.read import read_bytes


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
        ("<td><p>Nails</p></td><td></td><td><p>12.50</p></td>", "Nails\t12.50\n"),
        (
            "<td>&nbsp;</td><td><h1>Offer</h1><p>Dear Ada,<br>as agreed</p></td><td></td>",
            "Offer\nDear Ada,\nas agreed\n",
        ),
        ("<td></td><td>Total</td>", "Total\n"),
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
    assert read_bytes(page.encode(), "page.html").text == "a\n  b\n5 < 6 & [bold]x[/bold]\nnext\ntyped\n"


def test_what_was_typed_into_a_page_is_read_in_a_table_too() -> None:
    page = (
        "<html><table><tr><td>Total</td><td><input value='12.50'> net</td></tr></table>"
        "<input type=hidden value=x><p>Name <input value='Ada'><input type=submit value='Send'></p></html>"
    )
    assert read_bytes(page.encode(), "form.html").text == "Total\t12.50 net\nName Ada\n"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (
            "<tr><th rowspan=2>Group<th colspan=2>Sum<tr><th>net<th>gross<tr><td>Nails<td>1<td>2",
            "Group\tSum\n\tnet\tgross\nNails\t1\t2\n",
        ),
        ("<tr><td colspan=3>Offer<td>Note<tr><td>1<td>2<td>3<td>4", "Offer\t\t\tNote\n1\t2\t3\t4\n"),
        (
            "<tr><td>a<td rowspan=3>b<td>c<tr><td rowspan=2>d<td>e<tr><td>f<tr><td>g<td>h<td>i",
            "a\tb\tc\nd\t\te\n\t\tf\ng\th\ti\n",
        ),
        ("<tr><td colspan='100%'>Name<td>Bob<tr><td>Sum<td>5<td>x", "Name\t\t\tBob\nSum\t5\tx\n"),
        ("<tr><td colspan=7>Name<td>Bob<tr><td>Sum<td colspan=6><td>5", "Name\tBob\nSum\t5\n"),
        ("<tbody><tr><td>a<td><td><td>b<tbody><tr><td>c<td><td>d<td>", "a\t\tb\nc\td\n"),
        # Down to the end of its group of rows, and never beyond.
        ("<tbody><tr><td rowspan=0>a<td>b<tr><td>c<tbody><tr><td>d<td>e", "a\tb\n\tc\nd\te\n"),
        ("<thead><tr><th rowspan=9>a<th>b<tbody><tr><td>c<td>d", "a\tb\nc\td\n"),
        ("<tr><td colspan=x>a<td rowspan=-1>b<td colspan=0>c<td>d", "a\tb\tc\td\n"),
        ("<tr><td rowspan=2>a<td><table><tr><td>in</table><tr><td>b<tr><td>c", "a\nin\n\tb\nc\n"),
    ],
)
def test_a_cell_over_several_columns_or_rows_leaves_the_others_in_their_columns(rows: str, text: str) -> None:
    page = f"<html><table>{rows}</table></html>"
    assert read_bytes(page.encode(), "page.html").text == text


def test_cells_that_are_said_to_span_without_end_are_no_trap() -> None:
    row = "<tr>" + "<td rowspan=999999999999 colspan=999999999999>" * 2000 + "<td>end"
    text = read_bytes(f"<html><table>{row * 3}</table></html>".encode(), "page.html").text
    assert text.split() == ["end"] * 3
    assert len(text) < 20_000


def test_white_space_of_preformatted_text_is_kept() -> None:
    page = (
        "<html><pre>\nItem       Price\n  <b>Nails</b>    12.50\n\n  Nuts\t    1.00  \n</pre>"
        "<p>so   much<div><pre>a  b<div>c  d</div></pre></div>"
        "<table><tr><td><pre>1  2\n3  4</pre></table></html>"
    )
    assert read_bytes(page.encode(), "page.html").text == (
        "Item       Price\n  Nails    12.50\n  Nuts\t    1.00\nso much\na  b\nc  d\n1  2\n3  4\n"
    )


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("$4,512<sup>3</sup> thousand", "$4,512 3 thousand"),
        ("€ 12<sup>50</sup>", "€ 12 50"),
        ("1.5 × 10<sup>6</sup> cells", "1.5 × 10 6 cells"),
        ("10<sup>-6</sup> and 10<sup><b>−6</b></sup>", "10 -6 and 10 −6"),
        ("2<sup>1</sup>/<sub>2</sub> baths", "2 1/2 baths"),
        ("<sup>1</sup>4,512<a href=x><sup>2</sup></a><sup>3</sup>", "1 4,512 2 3"),
        ("1<sup>1</sup><sup>2</sup> and 5<sup></sup>6<sub><b></b></sub>7", "1 12 and 567"),
        ("10<sup><sup>6</sup></sup>5, 10<sup>2</sup><sub>3</sub>", "10 6 5, 10 2 3"),
        ("5<sup><a>1</a></sup><sup><a>2</a></sup>, 5<a><sup></sup></a>6", "5 1 2, 56"),
        ("4<sup>th</sup>, 25 m<sup>2</sup>, CO<sub>2</sub>", "4th, 25 m2, CO2"),
        ("$1,234<sup>.50</sup>, <sup>$</sup>5", "$1,234.50, $5"),
    ],
)
def test_a_raised_or_lowered_number_is_no_part_of_another(markup: str, text: str) -> None:
    document = read_bytes(f"<html><p>{markup}</p></html>".encode(), "page.html")
    assert (document.text, document.notes) == (f"{text}\n", ())


@pytest.mark.parametrize(
    ("body", "text", "passages"),
    [
        ("<p><del>100</del><ins>90</ins></p>", "90\n", 1),
        ("<p>Price <s>20.00</s> <strike>18.00</strike> 15.00</p>", "Price 15.00\n", 2),
        ("<p>Price <del>20.00 <s>net</s></del> 15.00</p><del></del>", "Price 15.00\n", 1),
        ("<p>Price <b style='text-decoration:red line-through'>20</b> 15</p>", "Price 15\n", 1),
        ("<style>.a { text-decoration: line-through }</style>Price <i class=a>20</i> 15", "Price 15\n", 1),
        ("<p style='text-decoration: underline'>15</p>", "15\n", 0),
        ("<style>s { text-decoration: none }</style><s>20</s> <del>15</del>", "20\n", 1),
        ("<s style='text-decoration: none'>20</s> <s>15</s>", "20\n", 1),
    ],
)
def test_what_is_struck_out_is_not_read_and_noted(body: str, text: str, passages: int) -> None:
    document = read_bytes(f"<html>{body}</html>".encode(), "page.html")
    notes = {
        0: (),
        1: ("1 passage is deleted or struck out and was not read",),
        2: ("2 passages are deleted or struck out and were not read",),
    }
    assert (document.text, document.notes) == (text, notes[passages])


def test_what_is_hidden_is_noted_and_what_is_no_text_is_not(samples: dict[str, bytes]) -> None:
    note = "3 passages are hidden and were not read"
    assert read_bytes(samples["offer.html"], "offer.html").notes == (note,)
    page = "<html>1<p hidden><s>20</s></p>5<p hidden> </p><script hidden>1</script>"
    document = read_bytes(page.encode(), "page.html")
    assert (document.text, document.notes) == ("15\n", ("1 passage is hidden and was not read",))


@pytest.mark.parametrize(
    "page", ["<p hidden>20</p>", "<s>20</s>", "<del>20</del>", "<p style='font-size:0'>20"]
)
def test_a_page_of_which_nothing_is_seen_says_so(page: str) -> None:
    with pytest.raises(EmptyDocumentError, match=r"page\.html: all that it holds is hidden, deleted or"):
        read_bytes(f"<html>{page}</html>".encode(), "page.html")


@pytest.mark.parametrize(
    ("said", "encoding", "lost"),
    [
        ("utf-8", "cp1252", ("the text is not UTF-8 and was read as windows-1252",)),
        ("nonsense", "cp1252", ("the text is not UTF-8 and was read as windows-1252",)),
        ("iso-8859-1", "cp1252", ()),
        ("gb2312", "gb18030", ()),
    ],
)
def test_a_page_that_is_wrong_of_its_encoding_is_read_all_the_same(
    said: str, encoding: str, lost: tuple[str, ...]
) -> None:
    text = "Frau Müller zahlt 50 € für die Bücher, die Größe ist schön." if encoding == "cp1252" else "你好"
    page = f"<html><head><meta charset={said}></head><body>{text}</body></html>"
    document = read_bytes(page.encode(encoding), "page.html")
    assert document.text == f"{text}\n"
    assert tuple(note.partition(":")[0] for note in document.notes) == lost


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>1" + "<sup></sup>" * 20_000 + "x", "1x"),
        ("<p>1" + "<sup></sup>" * 20_000 + "2", None),
        ("<p style='" + "text-decoration:" * 100_000 + "'>x", "x"),
        ("<p style='" + "text-decoration: none;" * 100_000 + "'>x", "x"),
        ("<style>p {" + "text-decoration:" * 100_000 + "}</style><p>x", "x"),
        ("<style>p {display: block;" + "color:red;" * 100_000 + "}</style>" + "<p>" * 5000 + "x", "x"),
        ("<p>" + "<del>x</del>y" * 10_000, 10_000 * "y"),
        ("<p style='display" + " " * 100_000 + "x'>x", "x"),
    ],
)
def test_what_is_repeated_without_end_costs_no_more_than_its_length(page: str, text: str | None) -> None:
    read = read_bytes(f"<html>{page}</html>".encode(), "page.html").text
    assert text is None or read == f"{text}\n"


def test_of_a_drop_down_what_is_chosen_is_read() -> None:
    page = (
        b"<p>Country: <select><option>Albania<option selected>Germany<option>Zimbabwe</select></p>"
        b"<p>Currency: <select><option disabled>None<option label=EUR>1<option>USD</select></p>"
        b"<select multiple><option selected>red</option><option>blue</option></select>"
    )
    assert read_bytes(page, "a.html").text == "Country: Germany\nCurrency: EUR\nred\nblue\n"
