"""Values of other documents: what is taught stands in the text, and nothing but the values changes."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.augment import shown
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.labels import Label
from thresher.adapters.training.run_parts import Augmentation
from thresher.adapters.training.swap import Pool, swap
from thresher.adapters.values import is_absent, normalise

FIELDS = (
    Field(name="brand", type="string"),
    Field(name="colour", type="string"),
    Field(name="uses", type="list[string]"),
    Field(name="price", type="number"),
    Field(name="new", type="boolean"),
)
BRANDS = ("Acme", "Northern Lights", "Black Rifle", "O'Neill", "Ölmühle")
COLOURS = ("red", "Black", "navy blue")
USES = ("running", "trail running", "swimming")


@st.composite
def titles(draw: st.DrawFn) -> Label:
    """A title that states some of the values, in any order, among other words."""
    brand, colour = draw(st.sampled_from(BRANDS)), draw(st.sampled_from(COLOURS))
    uses = draw(st.lists(st.sampled_from(USES), unique=True, max_size=2))
    words = [brand, colour, *uses, "shoe", "12.50", draw(st.sampled_from(["for men", "Blackened", "Acme"]))]
    values = {"brand": brand, "colour": colour, "uses": uses, "price": 12.5, "new": True}
    return Label("t", " ".join(draw(st.permutations(words))), "Do.", FIELDS, values)


def title(text: str, **values: Any) -> Label:
    return Label("t", text, "Do.", FIELDS, values)


@settings(deadline=None, max_examples=300)
@given(st.lists(titles(), min_size=1, max_size=6), st.integers(0, 999))
def test_what_is_taught_stands_and_the_rest_stays(labels: list[Label], seed: int) -> None:
    pool = Pool(labels)
    for label in labels:
        swapped = swap(label, pool, Draw(seed))
        assert swapped == swap(label, pool, Draw(seed))
        assert (swapped.fields, swapped.instructions) == (label.fields, label.instructions)
        finder = SpanFinder(swapped.text)
        for field in FIELDS:
            value = swapped.values[field.name]
            before = label.values[field.name]
            items, olds = (value, before) if field.is_list else ([value], [before])
            if field.type in ("string", "list[string]"):
                known = [item for one in labels for item in _stated(one, field.name)]
                assert set(items) <= set(known)
                assert len(items) == len(olds) or len(set(items)) < len(olds)
                assert all(finder.find(field, item, fuzzy=False) for item in items)
                gone = {normalise(item) for item in olds} - {normalise(item) for item in items}
                # What was replaced is left nowhere that it could be taken from.
                assert not any(f" {old} " in f" {normalise(swapped.text)} " for old in gone)
            else:
                assert value == before


def _stated(label: Label, name: str) -> list[str]:
    value: Any = label.values[name]
    return value if isinstance(value, list) else [value]


def test_a_value_becomes_that_of_another_document() -> None:
    label, other = (
        title("Acme shoe, red", brand="Acme"),
        title("Northern Lights lamp", brand="Northern Lights"),
    )
    pool = Pool([label, other])
    found = {(one.text, one.values["brand"]) for seed in range(30) if (one := swap(label, pool, Draw(seed)))}
    assert found == {("Acme shoe, red", "Acme"), ("Northern Lights shoe, red", "Northern Lights")}


def test_a_value_of_several_lines_is_one_line_of_the_record() -> None:
    label = title("Acme shoe\nNavy\n  blue, 7", colour="Navy blue")
    other = title("Lamp\nOld\nrose", colour="Old rose")
    swapped = [swap(label, Pool([other]), Draw(seed)) for seed in range(30)]
    told = {(one.text, one.values["colour"]) for one in swapped}
    assert told == {(label.text, "Navy blue"), ("Acme shoe\nOld\nrose, 7", "Old rose")}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Acme shoe by Acme", {"brand": "Acme"}),  # which of the two is the brand?
        ("Blackened shoe", {"colour": "Black"}),  # a part of a word
        ("ACME shoe", {"brand": "Acme"}),  # not as the text has it
        ("Black Rifle shoe", {"brand": "Black Rifle", "colour": "Black"}),  # one within the other
        ("Model 12.50 shoe", {"brand": "Model 12.50", "price": 12.5}),  # a number within a name
        ("A shoe", {"brand": "Acme"}),  # stands nowhere
        ("A shoe", {"brand": None, "uses": []}),
    ],
)
def test_what_is_not_plainly_one_place_stays(text: str, values: dict[str, Any]) -> None:
    label = title(text, **values)
    pool = Pool([label, title("Northern Lights red 7 swimming", brand="Northern Lights", colour="red")])
    assert all(swap(label, pool, Draw(seed)) == label for seed in range(20))


def test_values_come_from_records_that_ask_for_the_same() -> None:
    """A size of a shoe is no size of a mask."""
    label = title("Acme shoe", brand="Acme")
    other = Label("o", "Mask of cotton", "Do.", FIELDS[:1], {"brand": "Mask"})
    assert all(swap(label, Pool([label, other]), Draw(seed)) == label for seed in range(20))


def test_labels_are_shown_with_it_and_other_draws_stay() -> None:
    labels = [
        title(f"{brand} shoe, {colour}", brand=brand, colour=colour) for brand in BRANDS for colour in COLOURS
    ]
    plain = Augmentation(share=1, reorder=0.5, drop=0.3)
    with_it = plain.model_copy(update={"swap": 1.0})
    before, after = shown(labels, 1, plain, 7), shown(labels, 1, with_it, 7)
    assert [one.fields for one in before] == [one.fields for one in after], "heads are dealt as without it"
    assert sum(one.text != other.text for one, other in zip(before, after, strict=True)) > len(labels) // 2
    assert shown(labels, 1, plain.model_copy(update={"swap": 0.0}), 7) == before


def test_real_labels_keep_the_rule(shared_data: Any) -> None:
    from thresher.adapters.pack_library import find_packs
    from thresher.adapters.training.labels import read_labels

    packs = find_packs()
    for domain, name in (("retail", "product"), ("healthcare", "adverse_event"), ("research", "citation")):
        asked = packs.pick(domain, name)
        path = shared_data / domain / name / "dev.jsonl"
        real = read_labels([path], asked.fields, asked.instructions, asked.open_fields, unfit=[])
        pool = Pool(real)
        changed = [
            swapped for label in real if (swapped := swap(label, pool, Draw(label.id))).text != label.text
        ]
        assert len(changed) > len(real) // 3, json.dumps(name)
        for label in changed:
            finder = SpanFinder(label.text)
            for field in label.fields:
                value: Any = label.values.get(field.name)
                if field.is_quoted and not is_absent(value):
                    items = value if field.is_list else [value]
                    assert all(finder.find(field, item) for item in items)
