"""CSV and TSV: which delimiter a table has, and what its cells are."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.app.documents.document import Place
from thresher.app.documents.errors import OversizedDocumentError
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes


def test_a_table_with_commas_in_its_numbers(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.csv"], "offer.csv")
    assert document.kind == "csv"
    assert document.text == "Item\tPrice\nNails\t12,50\nScrews; long\t3,20\n"
    start = document.text.index("3,20")
    assert document.place(start, start + 4) == Place(cell="B3")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter(delimiter: str) -> None:
    rows = [["Name", "City", "Note"], ["Ada", "", "a, b; c"], ["Carl", "Bonn", '"x"']]
    quoted = "\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    document = read_bytes(quoted.encode(), "people.csv")
    assert document.text == 'Name\tCity\tNote\nAda\t\ta, b; c\nCarl\tBonn\t"x"\n'


@pytest.mark.parametrize("line", ["sep=;\r\n", '"SEP=;"\n'])
def test_a_line_that_names_the_delimiter_is_no_row(line: str) -> None:
    document = read_bytes(f"{line}Item;Price, net\nNails;12,50\n".encode(), "offer.csv")
    assert document.text == "Item\tPrice, net\nNails\t12,50\n"
    assert document.place(0, 4) == Place(cell="A1")


def test_one_column_is_a_table_too_and_a_cell_s_lines_are_joined() -> None:
    assert read_bytes(b'Name\n"Ada\nLovelace"\n', "names.csv").text == "Name\nAda Lovelace\n"


def test_a_long_cell_is_read_to_the_limit_of_a_document() -> None:
    table = f"Item,Note\nNails,{200_000 * 'x'}\n".encode()
    assert read_bytes(table, "long.csv").text == f"Item\tNote\nNails\t{200_000 * 'x'}\n"
    with pytest.raises(OversizedDocumentError, match=r"long\.csv: .*Split it"):
        read_bytes(table, "long.csv", limits=Limits(text_characters=150_000))


def test_a_quote_that_is_never_closed_loses_no_word() -> None:
    rows = [f"{number},Nails,12.50" for number in range(12_000)]
    rows[5] = '5,"5 inch pipe,12.50'
    text = read_bytes("\n".join(rows).encode(), "stock.csv").text
    assert text.replace(",", " ").split() == "\n".join(rows).replace('"', "").replace(",", " ").split()


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("Kaffee;2,50\nTee;1,80\n", "Kaffee\t2,50\nTee\t1,80\n"),
        ("x\t1,5\ny\t2,5\n", "x\t1,5\ny\t2,5\n"),
        ("a;1,50;2,50\n", "a\t1,50\t2,50\n"),
        ("1,50;2,50\n3,50;4,50\n", "1,50\t2,50\n3,50\t4,50\n"),
        ("Umsatz\t1,234,567\nKosten\t1,034,567\n", "Umsatz\t1,234,567\nKosten\t1,034,567\n"),
        ("Umsatz;1,00,000\n", "Umsatz\t1,00,000\n"),
        ("Kaffee|1.234,50\nTee|1.100,80\n", "Kaffee\t1.234,50\nTee\t1.100,80\n"),
        ("Name, Ort;Betrag\nMüller, Berlin;120\n", "Name, Ort\tBetrag\nMüller, Berlin\t120\n"),
        ("Müller, Berlin;120,50\nMaier, Köln;99,00\n", "Müller, Berlin\t120,50\nMaier, Köln\t99,00\n"),
        # The comma it is.
        ("1,2,3\n4,5,6\n", "1\t2\t3\n4\t5\t6\n"),
        ("1,2\n3,4\n", "1\t2\n3\t4\n"),
        ('Ada,"a;b"\nCarl,"c;d"\n', "Ada\ta;b\nCarl\tc;d\n"),
        ('Ada,"1,5;2,5"\nCarl,"3,5;4,5"\n', "Ada\t1,5;2,5\nCarl\t3,5;4,5\n"),
        ("name,amount\nNails; long,12.50\nNuts,3.20\n", "name\tamount\nNails; long\t12.50\nNuts\t3.20\n"),
        ("1.5,2.5,a|b\n3.5,4.5,c|d\n", "1.5\t2.5\ta|b\n3.5\t4.5\tc|d\n"),
        ("1,5,Ada,a;b\n2,7,Carl,c;d\n", "1\t5\tAda\ta;b\n2\t7\tCarl\tc;d\n"),
        ("id,note;extra\n1,foo;bar\n2,baz;qux\n", "id\tnote;extra\n1\tfoo;bar\n2\tbaz;qux\n"),
        ("page,title | x\n/a,Foo | Site\n", "page\ttitle | x\n/a\tFoo | Site\n"),
        ("a,b;\nc,d;\n", "a\tb;\nc\td;\n"),
        ("1,2;\n3,4;\n", "1\t2;\n3\t4;\n"),
    ],
)
def test_a_comma_of_numbers_and_prose_is_no_delimiter(table: str, text: str) -> None:
    assert read_bytes(table.encode(), "table.csv").text == text


def grids(cell: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    """Tables of two to five columns and up to six rows, no cell blank."""
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=6)
    )


def read_as_written(grid: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(grid)
    text = read_bytes(out.getvalue().encode(), "table.csv").text
    assert text.splitlines() == ["\t".join(row) for row in grid]


WHOLE = st.integers(0, 10**7)
WORDS = st.from_regex(r"[A-Za-zäöü]{1,9}( [A-Za-z]{1,9})?", fullmatch=True)
DECIMALS = st.tuples(WHOLE, st.integers(0, 99)).map(lambda pair: f"{pair[0]},{pair[1]:02}")
THOUSANDS = st.tuples(WHOLE, st.integers(0, 99)).map(lambda pair: f"{pair[0]:,}.{pair[1]:02}")


@given(grids(WORDS | DECIMALS | WHOLE.map(str)) | grids(WORDS | THOUSANDS), st.sampled_from(";\t|"))
@settings(deadline=None)
def test_numbers_with_commas_stay_whole_beside_any_other_delimiter(
    grid: list[list[str]], delimiter: str
) -> None:
    read_as_written(grid, delimiter)


@given(
    grids(WORDS | WHOLE.map(str) | st.sampled_from(["12.50", "5, 6"])),
    st.lists(st.sampled_from(["a;b", "c|d; e", "f"]), min_size=6, max_size=6),
)
@settings(deadline=None)
def test_a_comma_parts_cells_where_nothing_else_does(grid: list[list[str]], notes: list[str]) -> None:
    # One column has other signs, if not in its heading: were they in all, either might part the cells.
    rows = [[note, *row] for note, row in zip(notes, grid, strict=False)]
    read_as_written([[f"name {column}" for column in range(len(rows[0]))], *rows], ",")


def test_few_cells_in_every_line_are_likelier_than_many_in_most() -> None:
    assert read_bytes(b"name,sign\na;b,a;b\na;b,a;b\n", "t.csv").text == "name\tsign\na;b\ta;b\na;b\ta;b\n"
