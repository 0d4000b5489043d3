"""The split: each label on one side, and none that was held back is ever trained on later."""

import unicodedata
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label
from thresher.adapters.training.split import (
    Split,
    document_key,
    document_keys,
    is_held_back,
    is_proof,
    split,
)
from thresher.adapters.values import normalise

FIELDS = (Field(name="who", type="string"), Field(name="what", type="list[string]"))


def label(name: str, text: str, group: str | None = None, **values: Any) -> Label:
    return Label(name, text, "Read.", FIELDS, values or {"who": "Lee", "what": []}, group)


SETS = st.lists(
    st.tuples(st.text(min_size=1, max_size=6), st.none() | st.sampled_from("abc")), min_size=1, max_size=40
).map(lambda rows: [label(str(at), text, group) for at, (text, group) in enumerate(rows)])


@given(SETS, st.floats(0, 0.9), st.integers(0, 100))
def test_every_label_is_on_one_side_or_accounted_for(labels: list[Label], share: float, seed: int) -> None:
    sides = split(labels, share, seed)
    train, held = ({one.id for one in side} for side in (sides.train, sides.validation))
    dropped = [name for name, _ in (*sides.duplicates, *sides.leaks)]
    assert sorted([*train, *held, *dropped]) == sorted(one.id for one in labels)
    assert not {document_key(one.text) for one in sides.train} & {
        document_key(one.text) for one in sides.validation
    }
    groups = [{one.group for one in side if one.group} for side in (sides.train, sides.validation)]
    assert not groups[0] & groups[1]


@given(SETS, SETS, st.integers(0, 100))
def test_more_labels_never_move_a_held_back_document_into_training(
    labels: list[Label], more: list[Label], seed: int
) -> None:
    before, after = split(labels, 0.3, seed), split([*more, *labels], 0.3, seed)
    held = {document_key(one.text) for one in before.validation}
    assert not held & {document_key(one.text) for one in after.train}


@given(SETS, SETS, st.tuples(*[st.integers(0, 100)] * 2), st.floats(0, 0.9), st.booleans())
def test_no_run_trains_on_the_proof_or_chooses_by_it(
    labels: list[Label], more: list[Label], seeds: tuple[int, int], share: float, from_files: bool
) -> None:
    """Whatever comes later, is held back by chance or is named to validate on."""
    first = split(labels, 0.3, seeds[0], None, 0.3)
    again = split([*more, *labels], share, seeds[1], labels if from_files else None, 0.4)
    proof = keys(first.proof)
    assert not proof & (keys(first.train) | keys(first.validation))
    assert not proof & (keys(again.train) | keys(again.validation))
    assert proof <= keys(again.proof)
    assert not groups(again.proof) & (groups(again.train) | groups(again.validation))


def keys(side: tuple[Label, ...]) -> set[str]:
    return {document_key(one.text) for one in side}


def groups(side: tuple[Label, ...]) -> set[str]:
    return {one.group for one in side if one.group}


def sides(split: Split) -> list[set[str]]:
    return [{one.id for one in side} for side in (split.train, split.validation, split.proof)]


def test_the_proof_is_a_share_apart_from_what_is_validated_on() -> None:
    labels = [label(str(at), f"document {at}") for at in range(2000)]
    train, held, proof = sides(split(labels, 0.1, 0, None, 0.1))
    assert 150 < len(proof) < 250
    assert 130 < len(held) < 230
    assert len(train) + len(held) + len(proof) == 2000
    assert sides(split(labels, 0.1, 5, None, 0.1))[2] == proof
    assert {one.id for one in labels if is_proof(one, 0.05)} < proof
    # A document that is named to validate on is on the proof's side all the same.
    named = split(labels[:1000], 0.1, 0, labels[1000:], 0.1)
    assert sides(named)[2] == proof
    assert not sides(split(labels, 0.1, 0))[2]


def test_the_share_is_about_what_is_asked() -> None:
    labels = [label(str(at), f"document {at}") for at in range(2000)]
    sides = split(labels, 0.1, 0)
    assert 150 < len(sides.validation) < 250
    assert split(labels, 0, 0).validation == ()
    other = split(labels, 0.1, 1)
    assert {one.id for one in other.validation} != {one.id for one in sides.validation}


def test_layout_makes_no_new_document() -> None:
    labels = [
        label("a", "Dear Ms Lee,\n\nthe  fee"),
        label("b", "dear ms lee, the fee."),
        label("c", "other"),
    ]
    sides = split(labels, 0, 0)
    assert sides.duplicates == (("a", "b"),)
    assert [one.id for one in sides.train] == ["b", "c"]


@pytest.mark.parametrize("sign", ["\ufeff", "\u200b", "\u00ad", "\u2060", "\U000e0041"])
def test_signs_that_nobody_sees_make_no_new_document(sign: str) -> None:
    for number in range(60):
        plain = f"Corner Mill, lot {number}"
        for text in (
            sign + plain,
            plain + sign,
            plain.replace("Mill", f"Mi{sign}ll").replace(" ", f" {sign} "),
        ):
            assert document_key(text) == document_key(plain)
            assert is_proof(label("b", text), 0.1) == is_proof(label("a", plain), 0.1)
    labels = [label("a", f"{sign}text"), label("b", "text")]
    assert split(labels, 0, 0).duplicates == (("a", "b"),)


def test_keys_that_were_kept_before_are_known_again() -> None:
    """The one of a text with such signs was that of the whole text; of all others it is what it was."""

    def former(text: str) -> str:
        return sha256(normalise(text).encode("utf-8", errors="surrogatepass")).hexdigest()

    every = "".join(chr(at) for at in range(0x3000) if unicodedata.category(chr(at)) != "Cf")
    for text in ("Fee 4.20", "STRASSE\n ﬁne\t½ -", "\ud800", "", every):
        assert document_keys(text) == {document_key(text)} == {former(text)}
    marked = "Fee\u00ad 4.20"
    assert document_keys(marked) == {document_key("Fee 4.20"), former(marked)}
    assert len(document_keys(marked)) == 2


def test_the_same_document_asked_for_something_else_is_no_duplicate() -> None:
    fields = (Field(name="when", type="date"),)
    one, other = label("a", "text"), Label("b", "text", "Read.", fields, {"when": None})
    sides = split([one, other], 0.5, 0)
    assert (sides.duplicates, sides.conflicts) == ((), ())
    assert {len(sides.train), len(sides.validation)} == {0, 2}


def test_a_leak_into_given_validation_labels_is_dropped_from_training() -> None:
    labels = [label("a", "one"), label("b", "two", "shop"), label("c", "three")]
    sides = split(labels, 0.1, 0, [label("v", "ONE"), label("w", "four", "shop")])
    assert sides.leaks == (("a", "v"), ("b", "w"))
    assert [one.id for one in sides.train] == ["c"]
    assert [one.id for one in sides.validation] == ["v", "w"]


def test_conflicts_name_the_field_and_the_later_label_stands() -> None:
    labels = [
        label("a", "text", who="Lee", what=["Pump", "seal"]),
        label("b", "text", who="LEE.", what=["seal", "pump"]),  # the same, by what values mean
        label("c", "text", who="Ann", what=["seal", "pump"]),
    ]
    sides = split(labels, 0, 0)
    assert sides.conflicts == (("b", "c", "who"),)
    assert [one.id for one in sides.train] == ["c"]


def test_choices_that_differ_by_case_or_by_signs_alone_contradict_each_other() -> None:
    unit = Field(name="unit", type="enum", values=("mW", "MW", "-", "."))
    for one, other in (("mW", "MW"), ("-", ".")):
        labels = [
            Label(name, "text", "", (unit,), {"unit": value}) for name, value in (("a", one), ("b", other))
        ]
        assert split(labels, 0, 0).conflicts == (("a", "b", "unit"),)


def test_lists_of_numbers_are_equal_in_any_order() -> None:
    # Gold may name several right values of a field that is no list.
    labels = [label("a", "text", who=[1.5, 2]), label("b", "text", who=[2, 1.5])]
    assert split(labels, 0, 0).conflicts == ()


def test_a_label_of_one_field_leaves_the_others_of_its_document_as_they_are() -> None:
    labels = [label("a", "text", who="Lee", what=["seal"]), label("b", "Text", who="Ann")]
    sides = split(labels, 0, 0)
    assert sides.duplicates == (("a", "b"),)
    assert sides.conflicts == (("a", "b", "who"),)
    (one,) = sides.train
    assert one.id == "b"
    assert one.values == {"who": "Ann", "what": ["seal"]}
    # What is known to be absent is known.
    (absent,) = split([*labels, label("c", "text", what=[])], 0, 0).train
    assert absent.values == {"who": "Ann", "what": []}


def test_a_group_is_never_parted() -> None:
    labels = [label(str(at), f"document {at}", f"group {at % 40}") for at in range(400)]
    assert 20 <= sum(is_held_back(one, 0.2, 0) for one in labels) <= 160
    for one in labels:
        assert is_held_back(one, 0.2, 0) == is_held_back(labels[int(one.id) % 40], 0.2, 0)
