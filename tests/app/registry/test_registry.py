"""Which adapter is live: promoted, rolled back, missing, broken; and what is told."""

import shutil
from dataclasses import replace

import pytest

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import AdapterError, UsageError
from thresher.adapters.pack import Pack
from thresher.app.registry.folders import check_new_name
from thresher.app.registry.overview import overview
from thresher.app.registry.registry import Registry

from ..conftest import AddAdapter
from .conftest import Live


def test_promotions_stack_and_roll_back_one_by_one(
    registry: Registry,
    model: InstalledModel,
    live: Live,
    expenses: Pack,
    packs: dict[str, Pack],
    add_adapter: AddAdapter,
) -> None:
    add_adapter("a", 1)
    add_adapter("b", 2)
    assert live(expenses) is None
    assert registry.promote("a", "expenses", model, expenses)
    assert registry.promote("b", "expenses", model, expenses)
    assert not registry.promote("b", "expenses", model, expenses)  # it is live: one rolling back undoes it
    assert registry.promote("none", "expenses", model, expenses)
    states = [live(expenses)]
    for _ in range(3):
        registry.roll_back("expenses", model)
        states.append(live(expenses))
    assert states == [None, "b", "a", None]
    with pytest.raises(UsageError, match=r"nothing was promoted for expenses on tiny.*promote none"):
        registry.roll_back("expenses", model)
    assert live(packs["legal"]) is None


def test_one_that_learnt_a_record_type_leaves_the_domains_others_alone(
    registry: Registry, model: InstalledModel, live: Live, packs: dict[str, Pack], add_adapter: AddAdapter
) -> None:
    legal = packs["legal"]
    for seed, (name, types) in enumerate(
        {"all": (), "n": ("nda",), "c": ("contract",), "n2": ("nda",)}.items()
    ):
        add_adapter(name, seed, domain="legal", record_types=types)

    def answers() -> dict[str, str | None]:
        return {record_type: live(legal, record_type) for record_type in legal.record_types}

    for name in ("all", "n", "c"):
        assert registry.promote(name, "legal", model, legal)
    assert answers() == {"nda": "n", "contract": "c", "risk_flags": "all"}
    assert not registry.promote("n", "legal", model, legal)  # though another was promoted since
    assert registry.promote("n2", "legal", model, legal)
    assert [offer.name for offer in registry.offers("legal", model, legal, "contract") if offer.live] == ["c"]
    standings = {each.adapter.name: each.live for each in overview(registry, [model], packs)}
    assert standings == {
        "all": ("legal/risk_flags",),
        "n": (),
        "n2": ("legal/nda",),
        "c": ("legal/contract",),
    }
    # For one record type alone: to it, and back.
    assert registry.promote("c", "legal", model, legal, "risk_flags")
    assert registry.promote("none", "legal", model, legal, "nda")
    assert answers() == {"nda": None, "contract": "c", "risk_flags": "c"}
    assert registry.roll_back("legal", model, "contract").adapter == "c"
    assert answers() == {"nda": None, "contract": "all", "risk_flags": "c"}
    with pytest.raises(
        UsageError, match=r"c is live for legal \(risk_flags\).*--domain legal --record-type risk_f"
    ):
        registry.remove("c")
    undone = [registry.roll_back("legal", model).adapter for _ in range(4)]
    assert undone == [None, "c", "n2", "n"]
    assert answers() == dict.fromkeys(legal.record_types, "all")
    with pytest.raises(UsageError, match="nothing was promoted for expenses/receipt on tiny"):
        registry.roll_back("expenses", model, "receipt")


def test_each_domain_and_each_base_has_its_own(
    registry: Registry, model: InstalledModel, live: Live, packs: dict[str, Pack], add_adapter: AddAdapter
) -> None:
    add_adapter("a", 1)
    add_adapter("l", 2, domain="legal")
    registry.promote("a", "expenses", model, packs["expenses"])
    registry.promote("l", "legal", model, packs["legal"])
    assert live(packs["expenses"]) == "a"
    assert live(packs["legal"]) == "l"
    other = replace(model, facts=model.facts.model_copy(update={"fingerprint": "f" * 64}))
    assert registry.live("expenses", other, packs["expenses"], "receipt") is None


def test_a_live_adapter_that_is_gone_is_told_with_the_remedy(
    registry: Registry, model: InstalledModel, live: Live, expenses: Pack, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("a", 1)
    registry.promote("a", "expenses", model, expenses)
    shutil.rmtree(folder)
    with pytest.raises(AdapterError) as error:
        registry.live("expenses", model, expenses, "receipt")
    assert str(error.value) == (
        "the adapter a is live for expenses on tiny and cannot be used: its folder is missing. Roll back "
        "with `thresher adapters rollback --domain expenses --model tiny`, or let the base answer alone with "
        "--adapter none."
    )
    (offer,) = registry.offers("expenses", model, expenses, "receipt")
    assert (offer.name, offer.live, offer.problem) == ("a", True, "its folder is missing.")
    assert registry.chosen("none", "expenses", model, expenses, "receipt") is None
    registry.roll_back("expenses", model)
    assert live(expenses) is None


def test_the_remedy_takes_off_the_one_that_is_gone_and_no_newer_one(
    registry: Registry, model: InstalledModel, packs: dict[str, Pack], add_adapter: AddAdapter
) -> None:
    legal = packs["legal"]
    folder = add_adapter("both", 1, domain="legal", record_types=("nda", "contract"))
    add_adapter("newer", 2, domain="legal", record_types=("nda",))
    registry.promote("both", "legal", model, legal)
    registry.promote("newer", "legal", model, legal)
    shutil.rmtree(folder)
    with pytest.raises(AdapterError, match=r"for legal \(contract\) .*--domain legal --record-type contract"):
        registry.live("legal", model, legal, "contract")
    assert registry.roll_back("legal", model, "contract").adapter == "both"


def test_a_live_adapter_that_is_broken_or_another_is_told(
    registry: Registry, model: InstalledModel, live: Live, expenses: Pack, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("a", 1)
    registry.promote("a", "expenses", model, expenses)
    configuration = folder / "adapter_config.json"
    content = configuration.read_text("utf-8")
    configuration.write_text(content.replace('"lora_alpha": 8', '"lora_alpha": 80'), "utf-8")
    with pytest.raises(AdapterError, match=r"cannot be used: it is not the one that was promoted\. Promote"):
        registry.live("expenses", model, expenses, "receipt")
    configuration.write_text(content, "utf-8")
    assert live(expenses) == "a"
    (folder / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(AdapterError, match=r"cannot be used: .*manifest\.json: cannot be read .*rollback"):
        registry.live("expenses", model, expenses, "receipt")
    assert live_offer(registry, model, expenses) == "a"


def live_offer(registry: Registry, model: InstalledModel, pack: Pack) -> str:
    (offer,) = [each for each in registry.offers(pack.domain, model, pack, "receipt") if each.live]
    assert offer.problem
    return offer.name


def test_removing_a_live_adapter_needs_force_which_rolls_back(
    registry: Registry, model: InstalledModel, live: Live, expenses: Pack, add_adapter: AddAdapter
) -> None:
    written = {name: add_adapter(name, seed) for seed, name in enumerate("abc")}
    for name in "abc":
        registry.promote(name, "expenses", model, expenses)
    command = f"thresher adapters rollback --domain expenses --model {model.name}"
    with pytest.raises(
        UsageError, match=f"c is live for expenses. Roll back first with `{command}`, or remove"
    ):
        registry.remove("c")
    assert written["c"].is_dir()
    assert registry.remove("b") > 0  # not live, but a rolling back would have come to it
    assert registry.remove("c", force=True) > 0
    assert live(expenses) == "a"
    assert sorted(path.name for path in registry.folder.iterdir()) == ["a"]
    with pytest.raises(UsageError, match="there is no adapter 'c'"):
        registry.remove("c")
    # One that comes back under the old name is another, and not live.
    add_adapter("c", 9)
    assert live(expenses) == "a"


def test_an_adapter_is_promoted_only_when_every_byte_is_good(
    registry: Registry, model: InstalledModel, live: Live, expenses: Pack, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("a", 1)
    weights = folder / "adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(AdapterError, match=r"matrices or their scale are not those"):
        registry.promote("a", "expenses", model, expenses)
    assert live(expenses) is None


def test_names_that_are_not_there_or_not_allowed(
    registry: Registry, model: InstalledModel, add_adapter: AddAdapter
) -> None:
    add_adapter("receipts", 1)
    with pytest.raises(UsageError, match=r"no adapter 'receipt'\. Did you mean 'receipts'\?"):
        registry.find("receipt")
    with pytest.raises(UsageError, match="is no name for an adapter"):
        registry.find("../tiny")
    with pytest.raises(UsageError, match="stands for the base alone"):
        check_new_name(registry.folder, "none")


def test_one_base_under_two_names_is_one_base(
    registry: Registry, model: InstalledModel, packs: dict[str, Pack], add_adapter: AddAdapter
) -> None:
    add_adapter("a", 1)
    registry.promote("a", "expenses", model, packs["expenses"])
    twin = InstalledModel(model.folder.with_name("twin"), model.facts)
    (standing,) = overview(registry, [model, twin], packs)
    assert (standing.model, standing.live) == (model, ("expenses/receipt",))
