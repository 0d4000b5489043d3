"""XLSX: values as the sheet shows them, with their cells."""

import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.app.documents.document import Place
from thresher.app.documents.read import read_bytes

from .conftest import with_part


def test_a_workbook_s_values_with_their_cells(samples: dict[str, bytes]) -> None:
    document = read_bytes(samples["offer.xlsx"], "offer.xlsx")
    assert document.kind == "xlsx"
    assert document.text == (
        "Offer\nItem\t\tPrice\tShare\tDay\tPaid\nNails\t\t12.5\t25%\t2024-03-01\tTRUE\n\tTotal\t0.3\n"
    )
    for text, cell in (("12.5", "C2"), ("25%", "D2"), ("Total", "B5"), ("0.3", "C5")):
        start = document.text.index(text)
        assert document.place(start, start + len(text)) == Place(sheet="Offer", cell=cell)
    assert document.notes == ("sheet 'Secret' is hidden and was not read",)


def numbers(*formatted: tuple[float, str]) -> list[str]:
    """What is read of a column of numbers, each in its format."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row, (value, number_format) in enumerate(formatted, start=1):
        sheet.cell(row, 1, value).number_format = number_format
    out = io.BytesIO()
    workbook.save(out)
    head, *read = read_bytes(out.getvalue(), "numbers.xlsx").text.splitlines()
    assert head == "Sheet"
    return read


def test_a_share_is_told_from_a_number_with_a_percent_sign_beside_it() -> None:
    shares = ((0.125, "0.0%"), (12, '0"%"'), (7, "0\\%"), (3.5, "0.0_%"), (0.5, '"rate "0.00%'))
    assert numbers(*shares) == ["12.5%", "12", "7", "3.5", "50.00%"]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (19.99 * 0.2, "#,##0.00", "4.00"),
        (1234.5, "#,##0.00", "1234.50"),
        (1.005, "0.00", "1.01"),
        (-2.675, "0.00", "-2.68"),
        (2.5, "0", "3"),
        (0.125, "0%", "13%"),
        (-7.25, '_("$"* #,##0.0_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "-7.3"),
        (5, "[$€-2] #,##0.00;[Red]-[$€-2] #,##0.00", "5.00"),
        (5, "# ##0.00 €", "5.00"),
        (0.5, "0.##", "0.5"),
        (3, "0.##", "3"),
        (3.998, "0.0#", "4.0"),
        (7, "00000", "00007"),
        (-7, "00000", "-00007"),
        (123456789, "00000", "123456789"),
        (78051120, "000\\-00\\-0000", "078051120"),
        (0.25, f"0.{30 * '0'}", f"0.25{28 * '0'}"),
        # As the number is: what these show is another number, or is written in another way.
        (3.998, "General", "3.998"),
        (3.998, "@", "3.998"),
        (1234567, "0.0,,", "1234567"),
        (1234567, "#,##0,", "1234567"),
        (1234.5, "0.00E+00", "1234.5"),
        (0.00001234, "0.00E+00", "0.00001234"),
        (1.25, "# ?/?", "1.25"),
        (1234.56, "[<1000]0.0;0.0,", "1234.56"),
        (1234.56, ";;;", "1234.56"),
        (0.25, f"0.{40 * '0'}", "0.25"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(value: float, number_format: str, shown: str) -> None:
    assert numbers((value, number_format)) == [shown]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.00005, "General", "0.00005"),
        (-1.5e-7, "General", "-0.00000015"),
        (1.234e-5, "General", "0.00001234"),
        (1e16, "General", "10000000000000000"),
        (1.23456789012345e18, "0", "1234567890123450000"),
        (-1e15, "#,##0.00", "-1000000000000000.00"),
        (6.02214076e23, "0.00E+00", "602214076000000000000000"),
        (5e-12, "0.0E+00%", "0.0000000005%"),
        (1e27, f"0.{30 * '0'}%", f"1{29 * '0'}.{30 * '0'}%"),
        (1e29, "0.00%", f"1{31 * '0'}%"),
        (2.5e-40, "0.00", "0.00"),
        # A number that a program gave as a whole one keeps all of its digits.
        (4111111111111111, "0", "4111111111111111"),
        # Beyond what anybody would write out.
        (1.5e300, "General", "1.5E+300"),
        (6.62607015e-34, "0.00E+00", "6.62607015E-34"),
    ],
)
def test_a_very_small_or_large_number_is_written_out(value: float, number_format: str, shown: str) -> None:
    assert numbers((value, number_format)) == [shown]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(1e-29, 1e29) | st.floats(-1e29, -1e-29) | st.just(0.0), min_size=1, max_size=50))
def test_any_usual_number_is_read_in_digits_and_is_the_same_number(values: list[float]) -> None:
    for value, text in zip(values, numbers(*((value, "General") for value in values)), strict=True):
        assert "e" not in text.lower()
        assert float(text) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("hours", "number_format", "shown"),
    [
        (38.5, "[h]:mm", "38:30"),
        (38.5, "[$-409][hh]:mm:ss;@", "38:30:00"),
        (-1.5, "[h]:mm", "-1:30"),
        (0.5, "[h]:mm", "0:30"),
        (8.999, "[h]:mm", "8:59"),
        (8.999, "[h]", "8"),
        (95.5 / 60, "[mm]:ss", "95:30"),
        (95.5 / 60, "[m]", "95"),
        (1.5, "[ss]", "5400"),
        (1.5, "[s].00", "5400.00"),
        (1.5 + 0.25 / 3600, "[h]:mm:ss.00", "1:30:00.25"),
        (38.5, '[h]" h "mm', "38:30"),
        (100 * 24, "[h]:mm", "2400:00"),
    ],
)
def test_a_duration_is_read_in_the_units_of_its_format(hours: float, number_format: str, shown: str) -> None:
    assert numbers((hours / 24, number_format)) == [shown]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(-(10**12), 10**12), st.integers(0, 3)), min_size=1, max_size=50))
def test_a_number_is_read_with_all_the_decimals_that_it_was_written_with(
    wrote: list[tuple[int, int]],
) -> None:
    texts = [f"{Decimal(digits).scaleb(-decimals):f}" for digits, decimals in wrote]
    formats = [f"#,##0.{'0' * decimals}" if decimals else "#,##0" for _, decimals in wrote]
    assert numbers(*zip(map(float, texts), formats, strict=True)) == texts


def test_formulas_without_a_stored_value_are_noted() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append([1, 2, "=A1+B1"])
    out = io.BytesIO()
    workbook.save(out)
    document = read_bytes(out.getvalue(), "sums.xlsx")
    assert document.text == "Sheet\n1\t2\n"
    assert document.notes == (
        "1 formula has no stored value and was not read: open the workbook in Excel and save it",
    )


def test_a_formula_whose_result_is_an_empty_text_is_no_loss() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append([1, '=IF(A1>0,"",A1)', "=A1+1"])
    out = io.BytesIO()
    workbook.save(out)
    empty, unknown = b'<c r="B1"><f>', b'<c r="C1"><f>'

    def stored(xml: bytes) -> bytes:
        assert empty in xml
        assert unknown in xml
        return xml.replace(empty, empty.replace(b">", b' t="str">', 1))

    document = read_bytes(with_part(out.getvalue(), "xl/worksheets/sheet1.xml", stored), "sums.xlsx")
    (note,) = document.notes
    assert note.startswith("1 formula has no stored value")


def test_formulas_of_a_hidden_sheet_are_not_counted() -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append([1, 2])
    hidden = workbook.create_sheet("Rates")
    hidden.sheet_state = "hidden"
    hidden["A1"] = "=1+1"
    out = io.BytesIO()
    workbook.save(out)
    assert read_bytes(out.getvalue(), "sums.xlsx").notes == ("sheet 'Rates' is hidden and was not read",)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("12 STATION ROAD_x000D_\nYORK", "12 STATION ROAD YORK"),
        ("12 STATION ROAD_x000d_YORK", "12 STATION ROAD YORK"),
        ("My_x005F_x0020_File.pdf", "My_x0020_File.pdf"),
        ("My_x0020_File.pdf", "My_x0020_File.pdf"),
        ("a_x1_b", "a_x1_b"),
    ],
)
@pytest.mark.parametrize("shared", [True, False])
def test_the_escapes_of_a_workbook_are_read(stored: str, read: str, shared: bool) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet["A1"] = stored
    out = io.BytesIO()
    workbook.save(out)
    data = out.getvalue()
    if shared:  # as Excel writes it
        text = f"<t>{stored}</t>".encode()
        old, new = b't="inlineStr"><is>' + text + b"</is>", b't="s"><v>0</v>'
        data = with_part(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(old, new))
        strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si>%s</si></sst>'
        data = with_part(data, "xl/sharedStrings.xml", lambda _: strings % text)
        part = (
            b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats'
            b'-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
        )
        data = with_part(data, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", part))
    assert read_bytes(data, "own.xlsx").text == f"Sheet\n{read}\n"
