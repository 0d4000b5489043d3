"""Changed texts: places follow, and no value is taught that the changed text does not state."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.fields import Field, FieldType
from thresher.adapters.training.edits import Edit, Edited, misread, without
from thresher.adapters.training.labels import Label

TEXT = "CORNER CAFE\n12 Station Road\nDate 14/06/2025\nTotal 11.40, paid in cash\n"


def label(field: FieldType, value: Any, text: str = TEXT, **more: Any) -> Label:
    return Label("r", text, "", (Field(name="x", type=field, **more),), {"x": value})


def at(part: str, to: str = "", text: str = TEXT) -> Edit:
    start = text.index(part)
    return Edit(start, start + len(part), to)


@settings(deadline=None)
@given(
    st.text("ab ", max_size=30),
    st.lists(st.tuples(st.integers(0, 29), st.integers(1, 4), st.text("xy", max_size=3)), max_size=5),
)
def test_places_follow(text: str, wanted: list[tuple[int, int, str]]) -> None:
    edits: list[Edit] = []
    for start, size, to in sorted(wanted):
        if start + size <= len(text) and (not edits or edits[-1].end <= start):
            edits.append(Edit(start, start + size, to))
    edited = Edited(text, edits)
    untouched = [n for n in range(len(text)) if not any(e.start <= n < e.end for e in edits)]
    for n in untouched:
        place = edited.place(n, n + 1)
        assert place is not None
        assert edited.text[place[0] : place[1]] == text[n]
    assert edited.place(0, len(text)) == (0, len(edited.text))


@pytest.mark.parametrize(
    ("field", "value", "left"),
    [
        ("string", "Corner Cafe", None),
        ("list[string]", ["corner cafe", "12 Station Road"], ["12 Station Road"]),
        ("date", "2025-06-14", "2025-06-14"),
        ("person", "Cafe, Corner", None),
        ("person", "Road, Station", "Road, Station"),
        ("string", None, None),
        ("list[string]", [], []),
        ("boolean", False, False),
    ],
)
def test_what_is_taken_out_is_absent(field: FieldType, value: Any, left: Any) -> None:
    cut = without(label(field, value), [at("CORNER CAFE\n")])
    assert cut.text == TEXT.removeprefix("CORNER CAFE\n")
    assert cut.values == {"x": left}


@pytest.mark.parametrize(
    ("one", "edit"),
    [
        (label("string", "12 Station Road"), at("Road\nDate")),  # half of it is left
        (label("list[string]", ["cash", "12 Station Road"]), at("Road\nDate")),
        (label("string", "nowhere at all"), at("CORNER CAFE\n")),  # it never stood there
        (label("boolean", True), at("CORNER CAFE\n")),
        (label("enum", "cash", values=("cash", "card")), at("CORNER CAFE\n")),
        (label("enum", "-", values=("+", "-")), at("CORNER CAFE\n")),
        # The 12 that is left is another 12.
        (label("integer", 12, "12 rooms\n\n12 Station Road"), Edit(0, 9)),
    ],
)
def test_what_cannot_be_told_of_a_part_is_not_known(one: Label, edit: Edit) -> None:
    assert without(one, [edit]).values == {}


def test_a_misread_value_is_taught_as_it_now_stands() -> None:
    edits = [at("CAFE", "CAFF"), at("Station", "5tation"), at(" Road", "\nRoad"), at("14/06", "l4/06")]
    edits.sort(key=lambda edit: edit.start)
    assert misread(label("string", "Corner Cafe"), edits).values == {"x": "CORNER CAFF"}
    assert misread(label("string", "12 Station Road"), edits).values == {"x": "12 5tation Road"}
    assert misread(label("list[string]", ["cash", "Corner Cafe"]), edits).values == {
        "x": ["cash", "CORNER CAFF"]
    }
    assert misread(label("date", "2025-06-14"), edits).values == {}  # no date stands there any more
    assert misread(label("number", 11.4), edits).values == {"x": 11.4}
    assert misread(label("boolean", True), edits).values == {"x": True}


def test_an_edit_over_a_values_edge_leaves_it_unknown() -> None:
    assert misread(label("string", "Corner Cafe"), [at("E\n12", "F12")]).values == {}


def test_without_edits_a_label_is_itself() -> None:
    one = label("string", "nowhere at all")
    assert without(one, []) is one
