"""What an epoch shows: pure, seeded, and never a value that the shown text does not state."""

import copy
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.fields import Field
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.augment import cut, noise, remove, shown
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.labels import Label
from thresher.adapters.training.run_parts import Augmentation
from thresher.adapters.values import is_absent

FIELDS = (
    Field(name="shop", type="string", description="Name of the shop"),
    Field(name="day", type="date", description="Day of the sale"),
    Field(name="total", type="number", description="Total amount paid"),
    Field(name="rooms", type="integer", description="Number of rooms"),
    Field(name="items", type="list[string]", description="Things that were bought"),
    Field(name="paid", type="boolean", description="Whether it was paid"),
    Field(name="kind", type="enum", description="Kind of paper", values=("receipt", "invoice")),
)
ALL = Augmentation(
    share=1, drop=0.2, reorder=0.5, rename=0.5, undescribe=0.3, reword=0.5,
    skip_absent=0.3, cut=0.5, remove=0.4, swap=0.5, noise=0.5, noise_rate=0.05,
)  # fmt: skip


@st.composite
def labels(draw: st.DrawFn) -> Label:
    """A receipt of some lines, in any order, whose values stand in it, or do not."""
    shop = draw(st.sampled_from(["Corner Cafe", "W. Miller & Sons", "Ölmühle"]))
    day = draw(st.sampled_from(["2024-03-04", "2019-12-31"]))
    total = draw(st.sampled_from([12.5, 1234.0, 7.0]))
    items = draw(st.lists(st.sampled_from(["tea", "rolls", "corn flour", "milk"]), unique=True))
    written = [
        shop.upper(),
        f"Date: {day}",
        f"TOTAL  {total:,.2f}",
        "3 rooms",
        "paid in full. Thank you!",
        *items,
    ]
    values: dict[str, Any] = {"shop": shop, "day": day, "total": total, "rooms": 3, "items": items}
    values |= {"paid": draw(st.booleans()), "kind": draw(st.sampled_from(["receipt", "invoice", None]))}
    kept = draw(st.lists(st.sampled_from(written), min_size=1, unique=True))
    known = draw(st.sets(st.sampled_from(sorted(values)), min_size=1))
    joint = draw(st.sampled_from(["\n", " ", ". "]))
    return Label("r", joint.join(draw(st.permutations(kept))), "Do.", FIELDS, {k: values[k] for k in known})


def unstated(label: Label) -> list[tuple[str, Any]]:
    """Quoted values of the label that its text does not state."""
    finder = SpanFinder(label.text)
    found = []
    for field in label.fields:
        value: Any = label.values.get(field.name)
        if field.is_quoted and not is_absent(value):
            items = value if field.is_list else [value]
            found += [(field.name, item) for item in items if finder.find(field, item) is None]
    return found


@settings(deadline=None, max_examples=300)
@given(labels(), st.integers(0, 999))
def test_every_taught_value_of_a_changed_text_stands_in_it(label: Label, seed: int) -> None:
    before = copy.deepcopy(label)
    times = shown([label], 3, ALL, seed)
    assert shown([label], 3, ALL, seed) == times
    assert label == before, "the label itself is left as it was"
    assert len(times) == 3
    for each in times:
        names = [field.name for field in each.fields]
        assert len(set(names)) == len(names)
        assert set(each.values) <= set(names)
        assert each.text == label.text or unstated(each) == []


@settings(deadline=None)
@given(labels(), st.integers(0, 999))
def test_each_change_teaches_only_what_stands(label: Label, seed: int) -> None:
    for changed in (
        cut(label, Draw(seed)),
        remove(label, Draw(seed)),
        noise(label, Draw(seed), rate=0.3),
    ):
        assert changed.text == label.text or unstated(changed) == []
        for name, value in changed.values.items():
            if name in ("paid", "kind"):
                assert value == label.values[name]


def test_a_value_is_taken_out_wherever_it_stands() -> None:
    """Once it stands over two lines, between which it stood already."""
    text = "Corner\nCorner Cafe\nCafe\ntea\nmilk\nrolls\npaid in full, thank you\nOpen at nine every day\n"
    label = Label("r", text, "", FIELDS, {"shop": "Corner Cafe", "items": ["tea"]})
    changed = remove(label, Draw(1))
    assert changed.values == {"shop": None, "items": ["tea"]}
    assert "Corner" not in changed.text
    assert changed.text.split() == text.replace("Corner", "").replace("Cafe", "").split()


def test_nothing_is_varied_by_default() -> None:
    label = Label("r", "Corner Cafe", "", FIELDS[:1], {"shop": "Corner Cafe"})
    assert shown([label], 1, Augmentation(), 7) == (label,)
    assert shown([label], 2, Augmentation(), 7) == (label, label)


@pytest.mark.parametrize(("share", "repeat"), [(0.25, 1), (0.5, 2), (1.0, 1), (0.3, 3)])
def test_the_share_is_kept_and_ids_tell(share: float, repeat: int) -> None:
    many = [Label(f"r{n}", f"Corner Cafe {n}", "", FIELDS[:1], {"shop": "Corner Cafe"}) for n in range(400)]
    times = shown(many, repeat, Augmentation(share=share, rename=0.5), 7)
    assert len(times) == 400 * repeat
    varied = [label for label in times if "varied" in label.id]
    assert len(varied) == pytest.approx(400 * repeat * share, rel=0.1)
    assert max(Counter(label.id for label in varied).values()) == 1


def test_labels_are_dealt_over_few_heads() -> None:
    many = [Label(f"r{n}", f"Corner Cafe {n}", "Do.", FIELDS, {"shop": "Corner Cafe"}) for n in range(200)]
    times = shown(many, 1, ALL.model_copy(update={"heads": 4}), 7)
    heads = Counter((label.instructions, label.fields) for label in times)
    assert len(heads) == 4
    assert min(heads.values()) > 30
    other = shown(many, 1, ALL.model_copy(update={"heads": 4}), 8)
    assert {(label.instructions, label.fields) for label in other} != set(heads)


def test_no_digit_becomes_another_digit() -> None:
    text = "0123456789 " * 300
    read = noise(Label("r", text, "", FIELDS[:1], {"shop": None}), Draw(3), rate=0.5).text
    assert read != text
    assert set(Counter(filter(str.isdigit, read))) <= set("0123456789")
    for digit in "0123456789":
        assert read.count(digit) <= 300


def test_real_labels_keep_the_rule(shared_data: Any) -> None:
    from thresher.adapters.pack_library import find_packs
    from thresher.adapters.training.labels import read_labels

    packs = find_packs()
    for domain, name in (("expenses", "receipt"), ("hr", "resume"), ("invoices", "ad_buy")):
        asked = packs.pick(domain, name)
        path = shared_data / domain / name / "dev.jsonl"
        real = read_labels([path], asked.fields, asked.instructions, asked.open_fields, unfit=[])[:15]
        changed = [each for each in shown(real, 1, ALL, 1) if each.text not in {one.text for one in real}]
        assert changed
        assert [unstated(each) for each in changed] == [[]] * len(changed), json.dumps(name)


def test_absent_values_are_left_untaught_by_chance_and_no_others() -> None:
    one = Label(
        "r", "Corner Cafe", "Do.", FIELDS, {"shop": "Corner Cafe", "day": None, "items": [], "paid": False}
    )
    left: Counter[str] = Counter()
    for seed in range(200):
        (each,) = shown([one], 1, Augmentation(share=1, skip_absent=0.25), seed)
        assert each.fields == FIELDS
        assert {"shop", "paid"} <= set(each.values)
        left.update(set(one.values) - set(each.values))
    assert set(left) == {"day", "items"}
    assert all(30 < count < 75 for count in left.values())
