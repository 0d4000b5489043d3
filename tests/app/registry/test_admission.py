"""Who may become live: by what the gate said, beside what, and where an adapter comes from."""

from collections.abc import Callable
from typing import Any

import pytest

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import UsageError
from thresher.adapters.pack import Pack
from thresher.app.registry.registry import Registry
from thresher.app.session import Session
from thresher.app.store.trainings import Training
from thresher.app.store.verdicts import StoredVerdict

from ..conftest import AddAdapter

Judge = Callable[..., None]


@pytest.fixture
def pack(packs: dict[str, Pack]) -> Pack:
    return packs["expenses"]


@pytest.fixture
def judge(session: Session, model: InstalledModel) -> Judge:
    """Keeps a verdict on an adapter beside another, None being the base alone."""

    def keep(name: str, outcome: str, beside: str | None = None, record_type: str = "receipt") -> None:
        find = session.registry.find
        told: dict[str, Any] = {"outcome": outcome, "against": beside, "reasons": ["so"], "f1": 0.5}
        against = find(beside).fingerprint if beside else None
        judged = StoredVerdict(
            find(name).fingerprint, "expenses", record_type, model.fingerprint, against, told
        )
        session.store.add_verdict(judged)

    return keep


@pytest.fixture
def trained(session: Session, add_adapter: AddAdapter) -> Callable[[str, int], None]:
    """Adds an adapter that was trained here."""

    def add(name: str, seed: int) -> None:
        add_adapter(name, seed)
        weights = session.registry.find(name).manifest.weights
        session.store.add_training(weights, Training("expenses", "receipt", None, frozenset()))

    return add


def test_what_was_trained_here_must_have_passed_beside_what_is_live(
    registry: Registry, model: InstalledModel, pack: Pack, judge: Judge, trained: Any
) -> None:
    for seed, name in enumerate("abc"):
        trained(name, seed)

    def promote(name: str, force: bool = False) -> bool:
        return registry.promote(name, "expenses", model, pack, force=force)

    with pytest.raises(
        UsageError, match=r"a is not promoted: it was not proved beside the base alone, which is"
    ):
        promote("a")
    judge("a", "unproved")
    with pytest.raises(UsageError, match=r"it is not proved beside the base alone: so\. Prove it with"):
        promote("a")
    judge("a", "passes")  # the newest counts
    assert promote("a")
    assert not promote("a")
    # A verdict beside what was live before says nothing now.
    judge("b", "passes")
    with pytest.raises(UsageError, match=r"b is not promoted: it was not proved beside a, which is live"):
        promote("b")
    judge("b", "fails", "a")
    with pytest.raises(UsageError, match=r"it failed the gate beside a: so\. .*promote b --force"):
        promote("b")
    assert promote("b", force=True)
    registry.roll_back("expenses", model)
    assert registry.live_name("expenses", model, pack, "receipt") == "a"
    judge("c", "passes", "a")
    judge("c", "fails", "a", record_type="other")  # every record type that was judged counts
    with pytest.raises(UsageError, match="it failed the gate beside a"):
        promote("c")
    assert registry.promote("none", "expenses", model, pack)


def test_what_comes_from_elsewhere_need_not_be_proved_but_may_not_have_failed(
    registry: Registry, model: InstalledModel, pack: Pack, judge: Judge, add_adapter: AddAdapter
) -> None:
    add_adapter("a", 1)
    add_adapter("b", 2)
    assert registry.promote("a", "expenses", model, pack)
    judge("b", "unproved", "a")
    assert registry.kept_out(registry.find("b"), "expenses", model, pack, ("receipt",)) == ""
    judge("b", "fails", "a")
    with pytest.raises(UsageError, match="b is not promoted: it failed the gate beside a"):
        registry.promote("b", "expenses", model, pack)


def test_an_offer_and_the_list_say_what_the_gate_said(
    registry: Registry, model: InstalledModel, pack: Pack, judge: Judge, trained: Any, add_adapter: AddAdapter
) -> None:
    trained("a", 1)
    trained("b", 2)
    add_adapter("c", 3)
    judge("a", "fails")
    judge("a", "passes")
    about = {offer.name: offer.about for offer in registry.offers("expenses", model, pack, "receipt")}
    assert about == {
        "a": "trained, receipt passes the gate beside the base alone, F1 0.50",
        "b": "trained, not proved",
        "c": "trained",
    }


def test_nothing_is_proved_beside_what_cannot_be_used(
    registry: Registry, model: InstalledModel, pack: Pack, trained: Any, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("gone", 1)
    registry.promote("gone", "expenses", model, pack)
    (folder / "manifest.json").unlink()
    trained("a", 2)
    with pytest.raises(UsageError, match="gone is live and cannot be used, so nothing is proved") as refused:
        registry.promote("a", "expenses", model, pack)
    way_back = "first roll back with `thresher adapters rollback --domain expenses --model tiny`. Prove it"
    assert way_back in str(refused.value)
    registry.roll_back("expenses", model)
    assert registry.promote("a", "expenses", model, pack, force=True)
