import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.answer import parse_answer, render_answer
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
