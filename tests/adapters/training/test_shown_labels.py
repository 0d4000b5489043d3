"""Labels shown before others: short ones of the same kind, asked alike, with answers that are theirs."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.answer import parse_answer
from thresher.adapters.fields import Field
from thresher.adapters.shots import LONGEST, Shot
from thresher.adapters.training.augment import shown
from thresher.adapters.training.labels import Label
from thresher.adapters.training.run_parts import Augmentation

FIELDS = (
    Field(name="shop", type="string", description="Name of the shop"),
    Field(name="total", type="number", description="Total amount paid"),
)
SHOWING = Augmentation(share=1, shots=1)


def receipt(number: int, **changes: Any) -> Label:
    values = {"shop": f"Cafe {number}", "total": number + 0.5}
    given = {"text": f"Cafe {number}\nTOTAL {number}.50\n", "fields": FIELDS, "values": values}
    return Label(**({"id": f"r{number}", "instructions": "Read."} | given | changes))


def question(number: int) -> Label:
    field = Field(name=f"What was paid at {number}?", type="number")
    return receipt(number, fields=(field,), values={field.name: number + 0.5})


RECEIPTS = [receipt(number) for number in range(1, 9)]


def texts(label: Label) -> list[str]:
    return [shot.text for shot in label.shots]


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(1, 9))
def test_others_are_shown_asked_as_the_document_is(seed: int, count: int) -> None:
    how = Augmentation(share=1, shots=1, unnamed=0.5, rename=0.5, drop=0.3, reorder=0.5, heads=3, swap=0.3)
    labels = [receipt(number) for number in range(1, count + 1)]
    right = {label.text.strip(): label.values for label in labels}
    varied = shown(labels, 2, how, seed)
    assert varied == shown(labels, 2, how, seed)
    for each in varied:
        own = next(one for one in labels if each.id.startswith(f"{one.id} "))
        assert own.text.strip() not in texts(each)
        assert len(each.shots) <= (5 if count >= 4 else 0)
        for shot in each.shots:
            said = parse_answer(each.fields, shot.answer).values
            assert list(said) == [field.name for field in each.fields]
            assert {value for value in said.values() if value is not None} <= set(right[shot.text].values())


def test_none_is_shown_by_default_nor_before_a_label_as_it_is() -> None:
    assert not any(one.shots for one in shown(RECEIPTS, 2, Augmentation(share=1, rename=1), 1))
    assert not any(one.shots for one in shown(RECEIPTS, 2, Augmentation(share=0, shots=1), 1))
    assert any(one.shots for one in shown(RECEIPTS, 2, SHOWING, 1))


def test_long_ones_and_such_as_state_nothing_are_not_shown() -> None:
    long = receipt(20, text="Cafe 20\n" + "x" * LONGEST)
    empty = receipt(21, values={"shop": None, "total": None})
    kept = shown([*RECEIPTS, long, empty], 30, Augmentation(share=1, shots=1, heads=20), 1)
    seen = {text for one in kept for text in texts(one)}
    assert seen == {one.text.strip() for one in RECEIPTS}
    # They have others before them all the same.
    assert any(one.shots for one in kept if one.id.startswith("r20"))


def test_of_one_record_type_labels_with_other_fields_are_shown_with_theirs() -> None:
    asked = [question(number) for number in range(1, 9)]
    assert not any(one.shots for one in shown(asked, 1, SHOWING, 1))
    found = [one for one in shown(asked, 1, SHOWING, 1, of_a_kind=True) if one.shots]
    assert found
    for one in found:
        for shot in one.shots:
            number = shot.text.split()[1]
            assert shot.answer == f'{{"What was paid at {number}?": {number}.5}}'
            assert shot.answer not in one.text


@pytest.mark.parametrize("style", ["field 1", "A", "x1"])
def test_names_may_say_nothing_where_examples_tell(style: str) -> None:
    how = Augmentation(share=1, shots=1, unnamed=1, heads=20)
    named = [{field.name for field in one.fields} for one in shown(RECEIPTS, 20, how, 1) if one.shots]
    assert any(style in names for names in named)
    assert not any(names & {"shop", "total"} for names in named)
    alone = shown(RECEIPTS[:3], 20, how, 1)
    assert {field.name for one in alone for field in one.fields} == {"shop", "total"}


def test_a_shot_is_the_document_and_the_answer_as_use_would_write_it() -> None:
    (first, *_) = [one for one in shown(RECEIPTS, 1, SHOWING, 1) if one.shots]
    number = first.shots[0].text.splitlines()[0].split()[1]
    said = f'{{"shop": "Cafe {number}", "total": {number}.5}}'
    assert first.shots[0] == Shot(f"Cafe {number}\nTOTAL {number}.50", said)
