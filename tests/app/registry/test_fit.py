"""What fits a base, a domain and a pack, and which shipped adapter answers where none was promoted."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.pack import Pack
from thresher.adapters.pack_form import NO_DOMAIN
from thresher.app.registry.fit import has_learnt
from thresher.app.registry.folders import check_new_name
from thresher.app.registry.library import broken_adapters
from thresher.app.registry.overview import overview
from thresher.app.registry.registry import Registry
from thresher.app.task import NO_TYPE

from ..conftest import AddAdapter
from .conftest import Live


def with_other_instructions(pack: Pack) -> Pack:
    types = {name: replace(t, instructions=f"{t.instructions} Now.") for name, t in pack.record_types.items()}
    return replace(pack, record_types=types)


def test_what_an_adapter_has_learnt_is_what_it_says_or_all_of_its_domain(
    registry: Registry, add_adapter: AddAdapter
) -> None:
    for name, domain, types in (("told", "legal", ("nda",)), ("untold", "legal", ()), ("general", None, ())):
        add_adapter(name, domain=domain, record_types=types)
    told, untold, general = (registry.find(name).manifest for name in ("told", "untold", "general"))
    assert [has_learnt(one, "nda") for one in (told, untold, general)] == [True, True, False]
    assert [has_learnt(one, "contract") for one in (told, untold, general)] == [False, True, False]


def test_a_shipped_adapter_is_live_where_it_fits(
    registry: Registry,
    model: InstalledModel,
    live: Live,
    expenses: Pack,
    packs: dict[str, Pack],
    shipped: Path,
    add_adapter: AddAdapter,
) -> None:
    expenses = packs["expenses"]
    add_adapter("shipped", 1, folder=shipped / "packs" / "expenses" / "adapters" / "tiny")
    assert live(expenses) == "expenses-tiny"
    assert registry.find("expenses-tiny").shipped
    edited = with_other_instructions(expenses)
    assert live(edited) is None
    add_adapter("mine", 2)
    registry.promote("mine", "expenses", model, expenses)
    assert live(expenses) == "mine"
    registry.promote("none", "expenses", model, expenses)
    assert live(expenses) is None
    registry.roll_back("expenses", model)
    registry.roll_back("expenses", model)
    assert live(expenses) == "expenses-tiny"
    with pytest.raises(UsageError, match="ships with Thresher"):
        registry.remove("expenses-tiny", force=True)
    # The general one answers where the domain has none of its own.
    add_adapter("general", 3, domain=None, folder=shipped / "general" / "tiny")
    assert live(packs["legal"]) == "general-tiny"
    assert live(edited) == "general-tiny"
    assert live(expenses) == "expenses-tiny"
    found = registry.live(NO_DOMAIN, model, None, NO_TYPE)
    assert found is not None
    assert found.name == "general-tiny"


def test_a_promoted_shipped_adapter_may_change_with_thresher(
    registry: Registry,
    model: InstalledModel,
    live: Live,
    expenses: Pack,
    shipped: Path,
    add_adapter: AddAdapter,
) -> None:
    folder = shipped / "packs" / "expenses" / "adapters" / "tiny"
    add_adapter("shipped", 1, folder=folder)
    registry.promote("expenses-tiny", "expenses", model, expenses)
    shutil.rmtree(folder)
    add_adapter("shipped", 2, folder=folder)
    assert live(expenses) == "expenses-tiny"


def test_a_broken_shipped_adapter_is_told_and_not_passed_over(
    registry: Registry, model: InstalledModel, expenses: Pack, shipped: Path, add_adapter: AddAdapter
) -> None:
    folder = shipped / "packs" / "expenses" / "adapters" / "tiny"
    add_adapter("shipped", 1, folder=folder)
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(AdapterError, match=r"which ships .*safetensors .*Install Thresher again, or "):
        registry.live("expenses", model, expenses, "receipt")


def test_a_name_that_ships_belongs_to_the_shipped_one(
    registry: Registry, model: InstalledModel, shipped: Path, add_adapter: AddAdapter
) -> None:
    add_adapter("shipped", 1, folder=shipped / "packs" / "expenses" / "adapters" / "tiny")
    add_adapter("expenses-tiny", 2)
    assert registry.find("expenses-tiny").shipped
    problems = dict(broken_adapters(registry.folder))
    assert "belongs to an adapter that ships" in problems["expenses-tiny"]
    with pytest.raises(UsageError, match="there is an adapter expenses-tiny already"):
        check_new_name(registry.folder, "expenses-tiny")


def test_what_does_not_fit_is_shown_and_not_used(
    registry: Registry, model: InstalledModel, expenses: Pack, packs: dict[str, Pack], add_adapter: AddAdapter
) -> None:
    add_adapter("a", 1)
    registry.promote("a", "expenses", model, expenses)
    edited = with_other_instructions(expenses)
    problem = r"made for the pack expenses \(\w{12}\), here is expenses \(\w{12}\)"
    with pytest.raises(AdapterError, match=problem):
        registry.live("expenses", model, edited, "receipt")
    with pytest.raises(UsageError, match=r"the adapter a does not fit: .*pack expenses.*Put the pack's"):
        registry.chosen("a", "expenses", model, edited, "receipt")
    with pytest.raises(UsageError, match=r"made for the domain expenses, here is legal\. Use an adapter of"):
        registry.chosen("a", "legal", model, packs["legal"], "nda")
    with pytest.raises(UsageError, match="made for the domain expenses, here is none: fields alone"):
        registry.chosen("a", NO_DOMAIN, model, None, NO_TYPE)
    with pytest.raises(UsageError, match="does not fit"):
        registry.promote("a", "legal", model, packs["legal"])
    (offer,) = registry.offers("expenses", model, edited, "receipt")
    assert offer.live
    assert "the pack expenses" in offer.problem
    assert registry.offers("legal", model, packs["legal"], "nda") == []


def test_a_record_type_that_comes_beside_what_was_learnt_changes_nothing(
    registry: Registry, model: InstalledModel, expenses: Pack, add_adapter: AddAdapter
) -> None:
    receipt = expenses.record_types["receipt"]
    wider = replace(expenses, record_types={"slip": replace(receipt, name="slip"), "receipt": receipt})
    add_adapter("told", 1, record_types=("receipt",))
    add_adapter("untold", 2)
    for name in ("told", "untold"):
        assert registry.chosen(name, "expenses", model, expenses, "receipt")
    assert registry.chosen("told", "expenses", model, wider, "receipt")
    with pytest.raises(UsageError, match="does not fit"):
        registry.chosen("untold", "expenses", model, wider, "receipt")


def test_a_changed_template_or_tokenizer_is_told_on_both_sides(
    registry: Registry, model: InstalledModel, expenses: Pack, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("a", 1)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["base"] |= {
        "name": "other",
        "fingerprint": "1" * 64,
        "tokenizer": "2" * 64,
        "template": "3" * 64,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(UsageError) as error:
        registry.chosen("a", "expenses", model, expenses, "receipt")
    told = str(error.value)
    assert (
        f"the base other (111111111111), here is tiny ({model.fingerprint[:12]}). Use the base other" in told
    )
    assert "the tokenizer 222222222222, here is " in told
    assert "the chat template 333333333333, here is " in told


def test_the_adapter_of_a_pack_that_is_gone_and_a_folder_of_no_name_are_shown(
    registry: Registry, model: InstalledModel, packs: dict[str, Pack], add_adapter: AddAdapter
) -> None:
    folder = add_adapter("a", 1)
    shutil.copytree(folder, registry.folder / "my own")
    del packs["expenses"]
    (standing,) = overview(registry, [model], packs)
    assert standing.model == model
    assert [str(each) for each in standing.wrong] == [
        "it was made for the domain expenses, here is no such domain. Put its pack's folder back, or copy it "
        "from where the adapter was made."
    ]
    assert broken_adapters(registry.folder) == [
        ("my own", "'my own' is no name for an adapter: use letters, digits, and . _ - (not first).")
    ]
    assert overview(registry, [], packs)[0].model is None


def test_a_general_adapter_fits_any_domain(
    registry: Registry, model: InstalledModel, live: Live, packs: dict[str, Pack], add_adapter: AddAdapter
) -> None:
    add_adapter("g", 1, domain=None)
    for domain in ("expenses", "legal"):
        found = registry.chosen("g", domain, model, packs[domain], next(iter(packs[domain].record_types)))
        assert found is not None
        assert found.name == "g"
    assert registry.chosen("g", NO_DOMAIN, model, None, NO_TYPE) is not None
    registry.promote("g", "legal", model, packs["legal"])
    assert live(packs["legal"]) == "g"
    assert live(packs["expenses"]) is None
