import json
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from thresher.adapters.answer import can_be_written, parse_answer, render_answer, stated_values
from thresher.adapters.conventions import Conventions
from thresher.adapters.fields import Field

FIELDS = (
    Field(name="name", type="string"),
    Field(name='total "due"', type="number"),
    Field(name="parties", type="list[string]"),
    Field(name="signed", type="boolean"),
)
VALUES: dict[str, Any] = {"name": 'A "B"\n', 'total "due"': 12.5, "parties": ["x, y", "]"], "signed": True}


def test_an_answer_has_every_field_in_order() -> None:
    assert render_answer(FIELDS, {"signed": False}) == (
        '{"name": null, "total \\"due\\"": null, "parties": [], "signed": false}'
    )


@pytest.mark.parametrize("values", [VALUES, dict.fromkeys(VALUES) | {"parties": []}])
def test_what_is_rendered_is_parsed_back_with_its_ranges(values: dict[str, Any]) -> None:
    text = render_answer(FIELDS, values)
    parsed = parse_answer(FIELDS, text)
    assert (parsed.values, parsed.cut) == (values, None)
    for name, value in values.items():
        stated = value if isinstance(value, list) and value else [value]
        assert [json.loads(text[start:end]) for start, end in parsed.ranges[name]] == stated


def test_every_cut_names_its_field_and_keeps_what_was_finished() -> None:
    text = render_answer(FIELDS, VALUES)
    order = [field.name for field in FIELDS]
    for length in range(len(text) - 1):
        parsed = parse_answer(FIELDS, text[:length])
        if parsed.cut is None:
            assert parsed.values == VALUES  # only the closing brace is missing
            continue
        at = order.index(parsed.cut)
        finished = {name: VALUES[name] for name in order[:at]}
        items = parsed.values.pop(parsed.cut, [])
        assert parsed.values == finished
        assert items == VALUES["parties"][: len(items)]


@pytest.mark.parametrize("written", ["12", "-", "-12", "12.", "12.5", "12.5e", "12.5e+", "12.5e+3"])
def test_a_number_at_the_cut_is_not_trusted(written: str) -> None:
    parsed = parse_answer(FIELDS, '{"name": null, "total \\"due\\"": ' + written)
    assert (parsed.values, parsed.cut) == ({"name": None}, 'total "due"')


@pytest.mark.parametrize(
    "text", ["Sure!", '{"other": 1}', '{"name": null; ', render_answer(FIELDS, VALUES) + " and"]
)
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|after the answer"):
        parse_answer(FIELDS, text)


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.lists(st.text(), max_size=4))
def test_any_value_survives(name: str, total: float, parties: list[str]) -> None:
    values = {"name": name, 'total "due"': total, "parties": parties, "signed": None}
    assert parse_answer(FIELDS, render_answer(FIELDS, values)).values == values


NUMBER = Field(name="rate", type="number")
# Three noughts behind a point are a group of thousands: so none that say nothing.
decimals = st.from_regex(r"(\.[0-9]{0,5}[1-9])?", fullmatch=True)


@given(st.sampled_from(["", "-"]), st.integers(0, 10**15 - 1) | st.integers(0, 9), decimals)
def test_a_number_that_a_text_writes_out_can_be_stated_and_comes_back(
    sign: str, whole: int, fraction: str
) -> None:
    text = f"{sign}{whole}{fraction}"
    number = float(text)
    assume(abs(number) < 10**15)  # 999999999999999.999999 is nearest to a number of 16 digits
    (stated,) = [value for value in stated_values(NUMBER, text, Conventions(text)) if value == number]
    answer = render_answer([NUMBER], {"rate": stated})
    assert re.fullmatch(r'\{"rate": -?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?\}', answer)
    assert parse_answer([NUMBER], answer).values == {"rate": number}


def test_a_number_of_more_digits_cannot_be_written() -> None:
    assert can_be_written(NUMBER, 0.00001)
    assert not can_be_written(NUMBER, 10**15)
    assert not can_be_written(NUMBER, 1e22)
