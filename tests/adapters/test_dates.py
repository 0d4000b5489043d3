"""Dates as texts write them."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.dates import dates_in
from thresher.adapters.month_names import NUMBERS


@pytest.mark.parametrize(
    ("text", "written", "isos"),
    [
        ("on 2019-03-04T10:00", "2019-03-04", {"2019-03-04"}),
        ("2019/3/4", "2019/3/4", {"2019-03-04"}),
        ("id 20190304", "20190304", {"2019-03-04"}),
        ("03/04/2019", "03/04/2019", {"2019-03-04", "2019-04-03"}),
        ("25/12/2019", "25/12/2019", {"2019-12-25"}),
        ("4.3.19", "4.3.19", {"2019-03-04", "2019-04-03"}),
        ("March 4, 2019", "March 4, 2019", {"2019-03-04"}),
        ("MARCH 4TH 2019", "MARCH 4TH 2019", {"2019-03-04"}),
        ("March 4* 2019", "March 4* 2019", {"2019-03-04"}),
        ("4 Mar 2019", "4 Mar 2019", {"2019-03-04"}),
        ("4-Mar-19", "4-Mar-19", {"2019-03-04"}),
        ("the 12th day of March, 2010", "12th day of March, 2010", {"2010-03-12"}),
        ("this 12t h day of March, 2010", "12t h day of March, 2010", {"2010-03-12"}),
        ("the 1s t of    March 2010", "1s t of    March 2010", {"2010-03-01"}),
        ("2010 Sept. 5", "2010 Sept. 5", {"2010-09-05"}),
        ("March the 4th, 2019", "March the 4th, 2019", {"2019-03-04"}),
        ("Jan-10-19", "Jan-10-19", {"2019-01-10"}),
        ("Jan. 10 '19", "Jan. 10 '19", {"2019-01-10"}),
        ("Jan 10, 19, 3 rooms", "Jan 10, 19", {"2019-01-10"}),
        ("13/03/19T10:00", "13/03/19", {"2019-03-13"}),
        # Beside other numbers and words.
        ("Mar 5, 19 1200 nails", "Mar 5, 19", {"2019-03-05"}),
        ("Mar 5 '19 1234", "Mar 5 '19", {"2019-03-05"}),
        ("Mar 5, 19\n2024 sales", "Mar 5, 19", {"2019-03-05"}),
        ("31 May 19\nJune rent", "31 May 19", {"2019-05-31"}),
        ("12 Jan 19 - March rent", "12 Jan 19", {"2019-01-12"}),
        # As OCR parts it.
        *((f"12{sep}Mar{sep}19", f"12{sep}Mar{sep}19", {"2019-03-12"}) for sep in (" / ", " - ", "- ", ".")),
        ("12-Mar -19", "12-Mar -19", {"2019-03-12"}),
        ("Mar 5 / 99", "Mar 5 / 99", {"1999-03-05"}),
        ("March 5 , 99", "March 5 , 99", {"1999-03-05"}),
        ("1 Jan 68", "1 Jan 68", {"2068-01-01"}),
        ("1 Jan 69", "1 Jan 69", {"1969-01-01"}),
        # In other languages, and as OCR loses accents.
        ("zum 31. Dezember 2023", "31. Dezember 2023", {"2023-12-31"}),
        ("den 4. MÄRZ 2019", "4. MÄRZ 2019", {"2019-03-04"}),
        ("le 1er août 2024", "1er août 2024", {"2024-08-01"}),
        ("le 14 fevr. 2024", "14 fevr. 2024", {"2024-02-14"}),
        ("a 3 de mayo de 2024", "3 de mayo de 2024", {"2024-05-03"}),
        ("em 7 de março de 2024.", "7 de março de 2024", {"2024-03-07"}),
        ("lì 1° luglio 2024", "1° luglio 2024", {"2024-07-01"}),
        ("dnia 2 października 2024", "2 października 2024", {"2024-10-02"}),
        ("12-mrt-2024", "12-mrt-2024", {"2024-03-12"}),
        ("6. marraskuuta 2024", "6. marraskuuta 2024", {"2024-11-06"}),
    ],
)
def test_a_date_is_read_as_written(text: str, written: str, isos: set[str]) -> None:
    found = list(dates_in(text))
    assert {iso for _, _, iso in found} == isos
    assert {text[start:end] for start, end, _ in found} == {written}


@pytest.mark.parametrize(
    "text",
    [
        *("31/02/2019", "06/06/20i7", "May 2019", "version 1.2.3.4", "12345678901", "March 42019"),
        # What only folds to a month.
        "12 ſept 1799",
        # No year, but an hour, a share, a number.
        *("12 Mar 09:15", "Jan 12, 10:30 am", "Jan 12, 10 am", "5 May 20:30", "12 Jan 10.30 am"),
        *("from 5 May 12.5%", "from 5 May 12 %", "5 May 12,000 units"),
        # Days, and amounts.
        *(
            "May 20-22",
            "Sept 10/12, 2020",
            "Jan 10, 11 and 12, 2022",
            "14 Apr - 19 Apr",
            "14 Apr-19 Apr",
            "14 Apr 19.50",
        ),
        *("Apr 12.99 for films", "from 2018 - Jan 2", "May 30-2, 2019"),
        # Other languages have the day before the month, and a whole year.
        *("März 4, 2019", "4. März 19", "31. Februar 2024", "12 maison 2024", "112 mai 2024"),
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert list(dates_in(text)) == []


def test_both_ends_of_a_range_are_dates() -> None:
    assert {iso for _, _, iso in dates_in("13/2/2019-14/4/2020")} == {"2019-02-13", "2020-04-14"}


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("May 20-22, 2019", {"2019-05-20": "May 20-22, 2019", "2019-05-22": "May 20-22, 2019"}),
        ("March 4 to 11, 2024", {"2024-03-04": "March 4 to 11, 2024", "2024-03-11": "March 4 to 11, 2024"}),
        ("20–22 May 2019", {"2019-05-20": "20–22 May 2019", "2019-05-22": "22 May 2019"}),
        ("May 30 - June 2, 2019", {"2019-05-30": "May 30 - June 2, 2019", "2019-06-02": "June 2, 2019"}),
        ("28 Dec - 3 Jan 2022", {"2021-12-28": "28 Dec - 3 Jan 2022", "2022-01-03": "3 Jan 2022"}),
        ("June 1, 2020 - May 31, 2021", {"2020-06-01": "June 1, 2020", "2021-05-31": "May 31, 2021"}),
    ],
)
def test_the_days_of_a_range_that_share_their_year(text: str, spans: dict[str, str]) -> None:
    found = {iso: text[start:end] for start, end, iso in dates_in(text)}
    assert found == spans


@pytest.mark.parametrize("before", ["2018-12-30 to ", "9:30 - 1", "12/30 - ", "Clause 4.3 and "])
def test_what_is_no_day_begins_no_range(before: str) -> None:
    isos = {iso for start, _, iso in dates_in(f"{before}2 Jan 2019") if start >= len(before) - 1}
    assert isos <= {"2019-01-02", "2019-01-12"}
    assert not {"2019-01-30", "2019-01-03"} & {iso for _, _, iso in dates_in(f"{before}2 Jan 2019")}


@pytest.mark.parametrize(
    ("others", "read"),
    [
        ("", {"2019-03-04", "2019-04-03"}),
        ("on 13/04/2019 and 1/2/19", {"2019-04-03"}),
        ("on 04/13/2019", {"2019-03-04"}),
        ("on 04/13/2019 and 13/04/2019", {"2019-03-04", "2019-04-03"}),
        ("on 31/02/2019, which is no day", {"2019-03-04", "2019-04-03"}),
        ("on 5/5/2019", {"2019-03-04", "2019-04-03"}),
        # A sort code, a clause, a number of an order.
        ("sort code 04-29-09", {"2019-03-04", "2019-04-03"}),
        ("clause 2.13.14", {"2019-03-04", "2019-04-03"}),
        ("order INV-05-17-22 of 14/04/2019", {"2019-04-03"}),
    ],
)
def test_dates_that_leave_no_choice_tell_the_order_of_the_others(others: str, read: set[str]) -> None:
    for text in (f"03/04/2019, {others}", f"{others}, 03/04/2019"):
        at = text.index("03/04/2019")
        assert {iso for start, _, iso in dates_in(text) if start == at} == read


@pytest.mark.parametrize("other", ["13/04/2019", "04/13/2019", ""])
def test_a_day_that_is_as_its_month_is_read_in_either_order(other: str) -> None:
    assert "2019-05-05" in {iso for _, _, iso in dates_in(f"5/5/2019 {other}")}


@given(
    st.dates(date(1970, 1, 1), date(2068, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%b %d, %Y", "%d.%m.%y"]),
)
def test_every_date_is_read_back(day: date, form: str) -> None:
    assert day.isoformat() in {iso for _, _, iso in dates_in(f"on {day.strftime(form)} at noon")}


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.sampled_from(sorted(NUMBERS)))
def test_every_name_of_a_month_is_read_as_that_month(day: date, name: str) -> None:
    read = {iso for _, _, iso in dates_in(f"am {day.day}. {name.title()} {day.year}")}
    try:
        assert read == {day.replace(month=NUMBERS[name]).isoformat()}
    except ValueError:  # no calendar has such a day
        assert not read


def test_dates_of_two_digits_alone_tell_the_order_too() -> None:
    assert {iso for _, _, iso in dates_in("03.04.19 to 25.12.19")} == {"2019-04-03", "2019-12-25"}


@given(st.text(alphabet="0123456789.,-−() '\u00a0\u0663²①/thMar月ſep"))
def test_hostile_text_reads_as_real_dates(text: str) -> None:
    for start, end, iso in dates_in(text):
        assert 0 <= start < end <= len(text)
        date.fromisoformat(iso)


@pytest.mark.parametrize(
    "unit", ["9", "3/4/", "12.Mar.", " - ", "1\n", "march 1", "1-2 May ", "May 1 - ", "1er mai "]
)
def test_reading_is_linear(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    start = time.perf_counter()
    for _ in dates_in(text):
        pass
    assert time.perf_counter() - start < 5
