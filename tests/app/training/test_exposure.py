"""What an adapter may have seen: by the store, by its recipe, by the one that it started from."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.manifest import Manifest
from thresher.adapters.training.labels import Label
from thresher.adapters.training.split import document_key, document_keys, is_proof
from thresher.app.locations import Locations
from thresher.app.registry.library import InstalledAdapter, list_adapters
from thresher.app.store import Store
from thresher.app.store.trainings import Training
from thresher.app.training.exposure import Exposure, exposure

LABELS = [Label(str(at), f"text {at}", "", (), {}) for at in range(40)]
#: Held back by an adapter whose share was a half.
HALF = frozenset(label.id for label in LABELS if is_proof(label, 0.5))
ALL = frozenset(label.id for label in LABELS)


def manifest(
    weights: str, parent: str | None = None, origin: str = "trained", **configuration: Any
) -> Manifest:
    recipe = {
        "trainer": "train_cuda",
        "versions": {},
        "configuration": {"group": None, **configuration},
        "learning_rate": 1e-3,
        "steps": 1,
        "seconds": 1.0,
    }
    hashes = dict.fromkeys(("fingerprint", "tokenizer", "template"), "0" * 64)
    return Manifest.model_validate(
        {
            "name": weights,
            "made": "2026-01-02T00:00:00Z",
            "origin": origin,
            "base": {"name": "tiny", "architecture": "llama", **hashes},
            "pack": {"domain": "expenses", "hash": "0" * 64, "record_types": ["receipt"]},
            "weights": weights,
            "parent": parent,
            "recipe": recipe if configuration else None,
        }
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(Locations(tmp_path)) as opened:
        yield opened


def installed(one: Manifest, ships: bool = False) -> InstalledAdapter:
    return InstalledAdapter(one.name, Path(one.name), one, one.weights, ships)


def of(
    store: Store,
    one: Manifest | None,
    *others: Manifest,
    group: str | None = None,
    ships: Manifest | None = None,
) -> Exposure:
    here = [installed(each) for each in others] + ([installed(ships, True)] if ships else [])
    return exposure(one, LABELS, group, store, here)


def test_the_base_alone_has_seen_nothing(store: Store) -> None:
    assert of(store, None) == Exposure()


def test_a_recipe_says_what_was_held_back_on_another_machine(store: Store) -> None:
    assert 0 < len(HALF) < len(LABELS)
    elsewhere = of(store, manifest("a", proof_share=0.5))
    assert (elsewhere.seen, elsewhere.unknown) == (frozenset(), ALL - HALF)
    assert of(store, manifest("a")).unknown == ALL
    assert of(store, manifest("a", rank=8)).unknown == ALL  # one of before there was a proof
    # By other groups other documents were held back.
    assert of(store, manifest("a", proof_share=0.5), group="supplier").unknown == ALL


def test_a_recipe_of_several_sets_has_its_groups_in_these(store: Store) -> None:
    def sets(*groups: str | None, **own: Any) -> Manifest:
        return manifest("a", proof_share=0.5, sets=[{"group": group, "repeat": 1} for group in groups], **own)

    assert of(store, sets(None)).unknown == of(store, sets(None, None)).unknown == ALL - HALF
    assert of(store, sets()).unknown == ALL - HALF  # the run's own keys are its one set
    assert of(store, sets("supplier")).unknown == ALL
    assert of(store, sets(None, "supplier")).unknown == ALL
    assert of(store, sets("supplier"), group="supplier").unknown == ALL - HALF
    assert of(store, sets("supplier", "shop"), group="supplier").unknown == ALL
    assert of(store, sets("supplier"), group="shop").unknown == ALL
    assert of(store, manifest("a", proof_share=0.5, sets="supplier")).unknown == ALL


@pytest.mark.parametrize("share", [True, 1, 1.5, -0.5, "0.5", None, float("nan")])
def test_a_share_that_no_run_can_have_says_nothing(store: Store, share: Any) -> None:
    assert of(store, manifest("a", proof_share=share)).unknown == ALL


def test_of_one_from_elsewhere_what_its_parent_has_seen_counts_too(store: Store) -> None:
    child = manifest("a", parent="p", proof_share=0.5)
    assert of(store, child).unknown == ALL  # of the parent nothing is here
    assert of(store, child, manifest("p")).unknown == ALL
    assert of(store, child, manifest("p", proof_share=0.5)).unknown == ALL - HALF
    store.add_training("p", Training("expenses", "receipt", None, frozenset({document_key("text 3")})))
    assert of(store, child) == Exposure(frozenset({"3"}), ALL - HALF - {"3"})


def test_what_was_trained_here_is_known_and_its_parents_count(store: Store) -> None:
    seen = frozenset({document_key("TEXT  3"), document_key("another")})
    store.add_training("a", Training("expenses", "receipt", None, seen))
    assert of(store, manifest("a")) == Exposure(frozenset({"3"}))
    store.add_training("b", Training("expenses", "invoice", "a", frozenset()))
    child = of(store, manifest("b"))
    assert (child.seen, child.unknown) == (frozenset({"3"}), frozenset())
    store.add_training("c", Training("expenses", "receipt", "gone", frozenset()))
    assert of(store, manifest("c")).unknown == ALL
    there = of(store, manifest("c"), manifest("gone", proof_share=0.5))
    assert there.unknown == ALL - HALF
    assert of(store, manifest("d", parent="d", proof_share=0.5)).unknown == ALL - HALF  # no endless way


def test_what_was_seen_when_format_characters_counted_is_known(store: Store) -> None:
    (marked,) = document_keys("\ufefftext 3") - {document_key("text 3")}
    store.add_training("a", Training("expenses", "receipt", None, frozenset({marked})))
    labels = [Label("3", "\ufefftext 3", "", (), {})]
    assert exposure(manifest("a"), labels, None, store, []) == Exposure(frozenset({"3"}))


def test_what_another_machine_may_have_held_back_by_its_former_key_alone_is_not_known(store: Store) -> None:
    def held(text: str) -> bool:
        return is_proof(Label("", text, "", (), {}), 0.5)

    plain = [f"text {number}" for number in range(200) if held(f"text {number}")]
    labels = [Label(text, f"\ufeff{text}", "", (), {}) for text in plain]
    found = exposure(manifest("a", proof_share=0.5), labels, None, store, [])
    # An older Thresher had about half of them on the other side.
    assert 0.3 < len(found.unknown) / len(labels) < 0.7


def test_a_document_was_seen_where_any_reading_of_its_file_was(store: Store) -> None:
    store.add_training("a", Training("expenses", "receipt", None, frozenset({document_key("text 3")})))
    scan = Label("scan", "tcxt 3", "", (), {}, readings=frozenset({document_key("text 3")}))
    assert exposure(manifest("a"), [scan], None, store, []).seen == {"scan"}
    # On another machine it was held back where each of them is: which one was known there is not told.
    for number, other in ((at, label.text) for at, label in enumerate(LABELS)):
        two = Label("two", "text 0", "", (), {}, readings=frozenset({document_key(other)}))
        known = not exposure(manifest("b", proof_share=0.5), [two], None, store, []).unknown
        assert known == ({"0", str(number)} <= HALF)


def test_one_that_ships_is_named(store: Store) -> None:
    store.add_training("a", Training("expenses", "receipt", "s", frozenset()))
    child = of(store, manifest("a"), ships=manifest("s"))
    assert (child.unknown, child.shipped) == (frozenset(), frozenset({"s"}))
    # It started from another that shipped once; of that no file is left.
    later = of(store, manifest("a"), ships=manifest("s", parent="gone"))
    assert (later.unknown, later.shipped) == (frozenset(), frozenset({"s"}))


def test_what_only_says_that_it_ships_is_not_known(store: Store) -> None:
    stranger = manifest("s", origin="shipped")
    assert of(store, stranger, stranger) == Exposure(unknown=ALL)
    store.add_training("a", Training("expenses", "receipt", "s", frozenset()))
    assert of(store, manifest("a"), stranger) == Exposure(unknown=ALL)
    # What it came from counts, too.
    child = manifest("c", parent="gone", origin="shipped", proof_share=0.5)
    assert of(store, child, child).unknown == ALL


def test_a_copy_of_one_that_ships_is_that_one(store: Store) -> None:
    copy = manifest("s", proof_share=0.9).model_copy(update={"name": "copy"})
    assert of(store, copy, copy, ships=manifest("s")) == Exposure(shipped=frozenset({"s"}))


def test_a_training_from_what_shipped_is_known_when_the_next_version_ships_another(store: Store) -> None:
    seen = frozenset({document_key("text 3")})
    store.add_training("a", Training("expenses", "receipt", "s", seen, "expenses-tiny"))
    store.add_training("b", Training("expenses", "receipt", "a", frozenset()))
    for weights in ("a", "b"):
        child = of(store, manifest(weights), ships=manifest("s2"))
        assert child == Exposure(frozenset({"3"}), frozenset(), frozenset({"expenses-tiny"}))


def test_of_each_that_ships_it_is_known_that_it_knows_public_documents_alone(
    store: Store, tmp_path: Path
) -> None:
    there = list_adapters(tmp_path / "own")
    assert len(there) > 10
    for one in there:
        assert exposure(one.manifest, LABELS, None, store, there).unknown == frozenset(), one.name
