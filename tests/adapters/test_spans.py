import random
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.grounding import Match, grounded, is_near
from thresher.adapters.spans import SpanFinder
from thresher.adapters.values import normalise

STRING = Field(name="s", type="string")
NUMBER = Field(name="n", type="number")
INTEGER = Field(name="i", type="integer")
DATE = Field(name="d", type="date")
ENUM = Field(name="e", type="enum", values=("adverse_event", "other"))
PERSON = Field(name="p", type="person")
BOOLEAN = Field(name="b", type="boolean")

TEXT = (
    "Invoice 15.00 from Müller & Söhne GmbH,\nStraße 5. Total due\nthe sum 1,234.50 on 4 March 2019.\n"
    "A serious Adverse  event. ﬁne İstanbul"
)


@pytest.mark.parametrize(
    ("field", "value", "text", "match"),
    [
        (STRING, "Müller & Söhne GmbH", "Müller & Söhne GmbH", "exact"),
        (STRING, "MÜLLER & SÖHNE GMBH", "Müller & Söhne GmbH", "normalised"),
        (STRING, "STRASSE 5", "Straße 5", "normalised"),
        (STRING, "total due the sum", "Total due\nthe sum", "normalised"),
        (STRING, "fine", "ﬁne", "normalised"),
        (STRING, "Muller & Söhne GmbH", "Müller & Söhne GmbH", "fuzzy"),
        (NUMBER, 1234.5, "1,234.50", "parsed"),
        (NUMBER, 15.0, "15.00", "parsed"),
        (INTEGER, 5, "5", "exact"),
        (DATE, "2019-03-04", "4 March 2019", "parsed"),
        (ENUM, "adverse_event", "Adverse  event", "normalised"),
        (PERSON, "event, serious Adverse", "serious Adverse  event", "parsed"),
        (PERSON, "adverse event", "Adverse  event", "normalised"),
    ],
)
def test_a_value_is_found(field: Field, value: object, text: str, match: str) -> None:
    found = SpanFinder(TEXT).find(field, value)
    assert found is not None
    assert (found.text, found.match) == (text, match)
    assert TEXT[found.start : found.end] == text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (STRING, "5.00"),  # the end of another amount
        (STRING, "234.50"),
        (STRING, "1,234"),
        (STRING, "Total due the sum 1,235.50 on 4 March 2019"),  # near, with a wrong amount
        (STRING, "Schulze & Co. KG"),
        (STRING, "or"),  # inside a longer word
        (STRING, ""),
        (NUMBER, 234.5),
        (NUMBER, 2019.5),
        (DATE, "2019-03-05"),
        (ENUM, "other"),
        (BOOLEAN, True),
        (PERSON, "event, Adverse serious"),
        (PERSON, "event, Advers"),  # a name is no part of a word
        (STRING, None),
    ],
)
def test_a_value_that_the_text_does_not_say_is_not_found(field: Field, value: object) -> None:
    assert SpanFinder(TEXT).find(field, value) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It costs 1.5 million dollars a year.", "5 million dollars a year"),
        ("Sum: 1,234.50 EUR net", "234.50 EUR net"),
        ("release 2.10.4 of the notes", "10.4 of the notes"),
    ],
)
def test_no_match_begins_inside_a_longer_number(text: str, value: str) -> None:
    assert SpanFinder(text).find(STRING, value) is None


@pytest.mark.parametrize(
    ("text", "number", "span"),
    [
        ("limit 0.001 mg/l; measured 0.003 mg/l", 0.003, "0.003"),
        ("rates 4.123 and 4.125", 4.125, "4.125"),
        ("rates 4.123 and 4.128", 4.127, "4.128"),
    ],
)
def test_of_numbers_that_count_as_equal_the_nearest_is_meant(text: str, number: float, span: str) -> None:
    found = SpanFinder(text).find(NUMBER, number)
    assert found is not None
    assert found.text == span


def test_one_in_the_window_goes_before_a_nearer_one_outside_however_floats_have_it() -> None:
    text = "Total 270,000,000,000 in all. Later: 0.27 trillion."
    found = SpanFinder(text).find(NUMBER, 270_000_000_000, within=(30, len(text)))
    assert found is not None
    assert found.text == "0.27 trillion"


def test_an_accent_or_a_vowel_sign_is_of_the_word_that_it_stands_in() -> None:
    decomposed = "Jose\u0301 and Jose"
    assert SpanFinder(decomposed).find(STRING, "Jose") == Match(10, 14, "Jose", "exact")
    assert SpanFinder("नामी गिरामी, नाम: राम").find(STRING, "नाम") == Match(13, 16, "नाम", "exact")


def test_a_name_is_found_where_nothing_parts_words() -> None:
    found = SpanFinder("ผู้ป่วยชื่อสมชายใจดี").find(PERSON, "สมชาย")
    assert found is not None
    assert found.text == "สมชาย"


def test_a_choice_is_found_with_its_underscores_too_and_one_of_marks_alone_only_as_it_is() -> None:
    marks = Field(name="m", type="enum", values=("_", "-", "adverse_event"))
    assert SpanFinder("an adverse_event").find(marks, "adverse_event") == Match(
        3, 16, "adverse_event", "exact"
    )
    for text in ("ABC", "A B", " "):
        assert SpanFinder(text).find(marks, "_") is None
        assert SpanFinder(text).find(marks, "-") is None
    assert SpanFinder("A _ B").find(marks, "_") == Match(2, 3, "_", "exact")


def test_a_whole_word_goes_before_a_part() -> None:
    assert SpanFinder("Smithson, Smith").find(STRING, "Smith") == Match(10, 15, "Smith", "exact")
    assert SpanFinder("Smithson, SMITH").find(STRING, "Smith") == Match(10, 15, "SMITH", "normalised")
    assert SpanFinder("Smithson").find(STRING, "Smith") == Match(0, 5, "Smith", "exact")


def test_the_window_goes_first_then_the_first() -> None:
    finder = SpanFinder("total 7, total 7, total 7")
    for field, value in ((STRING, "total"), (INTEGER, 7)):
        inside = finder.find(field, value, within=(9, 17))
        assert inside is not None
        assert 9 <= inside.start < inside.end <= 17
        outside = finder.find(field, value, within=(8, 9))
        assert outside is not None
        assert outside.start < 8


def test_long_numbers_are_told_apart_by_their_last_digit() -> None:
    text = "parcels 12345678901234568, 12345678901234567 and 12,345,678,901,234,569"
    number = Field(name="n", type="integer")
    finder = SpanFinder(text)
    for last, stated in ((7, "12345678901234567"), (8, "12345678901234568"), (9, "12,345,678,901,234,569")):
        match = finder.find(number, 12345678901234560 + last)
        assert match is not None
        assert match.text == stated
    assert finder.find(number, 12345678901234566) is None


def test_chinese_words_need_no_space() -> None:
    assert SpanFinder("于北京市签订").find(STRING, "北京市签") is not None
    assert SpanFinder("于北京签订").find(STRING, "北京") == Match(1, 3, "北京", "exact")


def test_a_fuzzy_match_is_widened_to_words_and_stays_in_its_window() -> None:
    text = "x" * 50 + " Northern Electricial Supplies Ltd " + "y" * 50
    found = SpanFinder(text).find(STRING, "Northern Electrical Supplies Ltd")
    assert found is not None
    assert (found.text, found.match) == ("Northern Electricial Supplies Ltd", "fuzzy")
    assert SpanFinder(text).find(STRING, "Northern Electrical Supplies Ltd", within=(0, 60)) is None


HOSTILE = "aAbB1250 .,-\n\u00a0ßİıſﬁﷺ´e\u0301\u0323각\u1100\u1161\u11a8ｶﾞ①Ω\u0345\x00\u200b🙂北"


@given(
    st.text(alphabet=HOSTILE, max_size=60) | st.text(max_size=60),
    st.text(alphabet=HOSTILE, max_size=8),
    st.data(),
)
def test_every_span_justifies_its_kind(text: str, value: str, data: st.DataObject) -> None:
    if text and data.draw(st.booleans()):
        start = data.draw(st.integers(0, len(text) - 1))
        value = text[start : start + data.draw(st.integers(1, 12))]
    offsets = st.integers(0, len(text))
    within = data.draw(st.none() | st.tuples(offsets, offsets).map(lambda two: (min(two), max(two))))
    found = SpanFinder(text).find(STRING, value, within)
    if found is None:
        return
    assert text[found.start : found.end] == found.text
    match found.match:
        case "exact":
            assert found.text == value
        case "normalised":
            assert normalise(found.text) == normalise(value)
        case "fuzzy":
            assert is_near(value, found.text)
        case "parsed":
            pytest.fail("a string is never parsed")


@given(st.text(max_size=80), st.text(max_size=80), st.text(min_size=1, max_size=20))
def test_a_planted_value_is_found(before: str, after: str, value: str) -> None:
    assume(normalise(value))
    found = SpanFinder(f"{before} {value} {after}").find(STRING, value)
    assert found is not None
    assert grounded(STRING, value, found.text)


@given(st.text(max_size=40), st.integers(-(10**6), 10**6), st.dates())
def test_planted_numbers_and_dates_are_found(noise: str, number: int, day: object) -> None:
    finder = SpanFinder(f"{noise} | {number:,} | {day} | {noise}")
    for field, value in ((INTEGER, number), (DATE, str(day))):
        found = finder.find(field, value)
        assert found is not None
        assert grounded(field, value, found.text)


def test_a_long_document_is_searched_in_well_under_a_second() -> None:
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(3000)]
    text = " ".join(rng.choice(words) for _ in range(60_000))[:300_000]
    values: list[tuple[Field, object]] = [(STRING, text[i * 9000 : i * 9000 + 30]) for i in range(10)]
    values += [(STRING, " ".join(rng.choices(words, k=6))) for _ in range(10)]
    values += [(NUMBER, 12.5)] * 5 + [(DATE, "2019-03-04")] * 5
    start = time.perf_counter()
    finder = SpanFinder(text)
    found = [finder.find(field, value) for field, value in values]
    assert time.perf_counter() - start < 2  # 0.1 on an idle machine
    assert sum(match is not None for match in found) >= 8


@pytest.mark.parametrize(
    ("letter", "value"), [("a", "a" * 400), ("a", "A" * 400), ("1", "1")], ids=["exact", "folded", "digits"]
)
def test_a_text_that_repeats_itself_is_searched_in_bounded_time(letter: str, value: str) -> None:
    start = time.perf_counter()
    SpanFinder(letter * 300_000).find(STRING, value)
    assert time.perf_counter() - start < 3  # 0.1 on an idle machine
