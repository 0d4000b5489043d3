"""The recipes in the repository: what they name is there, and may be shipped."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from thresher.adapters.errors import UsageError
from thresher.adapters.pack_library import SHIPPED
from thresher.adapters.training.run_config import parse_run


@pytest.fixture
def data(scripts: dict[str, Any], tmp_path: Path) -> Path:
    """A folder in which all labels that the sources name have a file."""
    about = yaml.safe_load((scripts["recipes"].FOLDER / "sources.yaml").read_text("utf-8"))
    for source in about.values():
        for path in (*source["labels"], source["dev"], source.get("scored", source["dev"])):
            root, _, rest = path.partition("/")
            if root == "data":
                (tmp_path / rest).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / rest).touch()
    return tmp_path


@pytest.fixture
def written(scripts: dict[str, Any], data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Reads this as the recipe of the general one."""
    recipes = scripts["recipes"]
    folder = data / "recipes"
    folder.mkdir()
    (folder / "sources.yaml").write_text((recipes.FOLDER / "sources.yaml").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(recipes, "FOLDER", folder)

    def read(recipe: Any) -> Any:
        (folder / "general.yaml").write_text(yaml.safe_dump(recipe, sort_keys=False), "utf-8")
        return recipes.read_recipe("general", data, data / "made")

    return read


def test_there_is_one_for_each_domain_and_the_general_one_comes_first(scripts: dict[str, Any]) -> None:
    names = scripts["recipes"].recipe_names()
    assert names[0] == "general"
    assert set(names[1:]) == {folder.name for folder in SHIPPED.iterdir() if folder.is_dir()}


def test_every_source_is_learnt_by_a_recipe(scripts: dict[str, Any], data: Path) -> None:
    recipes = scripts["recipes"]
    every = (recipes.read_recipe(name, data, data / "made") for name in recipes.recipe_names())
    learnt = {source.name for recipe in every for run in recipe.runs for source in run.sources}
    assert learnt == yaml.safe_load((recipes.FOLDER / "sources.yaml").read_text("utf-8")).keys()


def test_each_is_a_run_of_its_domain_and_starts_anew_or_from_the_general_one(
    scripts: dict[str, Any], data: Path
) -> None:
    recipes = scripts["recipes"]
    for name in recipes.recipe_names():
        recipe = recipes.read_recipe(name, data, data / "made")
        assert recipe.parent in ((None,) if name == "general" else (None, "general"))
        assert recipe.runs
        for run in recipe.runs:
            config = parse_run({"base": "b", "out": "o", **run.keys}, name, data)
            if name != "general":
                # Labels with fields of their own may stand beside those of the domain.
                assert {one.domain for one in config.sets} - {None} == {name}
                how = config.augment
                # What it is asked in use is what it is asked in training; documents may vary.
                assert not any((how.drop, how.reorder, how.rename, how.undescribe, how.reword))
            for one, source in zip(config.sets, run.sources, strict=True):
                assert one.labels == source.labels
                assert one.validation == (source.dev,)
                assert source.licence
                assert source.attribution


def test_nothing_is_trained_on_that_may_not_be_shipped(scripts: dict[str, Any], data: Path) -> None:
    recipes = scripts["recipes"]
    for name in recipes.recipe_names():
        recipe = recipes.read_recipe(name, data, data / "made")
        used = [path for source in recipe.sources for path in (*source.labels, source.dev)]
        assert used
        assert not [path for path in used if {"nda", "listing"} & set(path.parts)]
        assert all(path.is_relative_to(data) for path in used)


def test_what_the_general_one_has_learnt_of_a_domain_its_own_begins_with(
    scripts: dict[str, Any], data: Path
) -> None:
    recipes = scripts["recipes"]
    general = recipes.read_recipe("general", data, data / "made")
    taught = {source.domain for source in general.scored}
    for domain in (f.name for f in SHIPPED.iterdir() if f.is_dir()):
        parent = recipes.read_recipe(domain, data, data / "made").parent
        # That for injury reports was made while the general one had learnt none.
        assert parent == (None if domain == "safety" else "general"), domain
    assert taught == {folder.name for folder in SHIPPED.iterdir() if folder.is_dir()}, "all domains at once"
    assert all(run.keys["augment"]["share"] > 0 for run in general.runs)


def test_a_card_says_what_was_learnt_from_made_up_ones_alone(scripts: dict[str, Any], data: Path) -> None:
    recipe = scripts["recipes"].read_recipe("invoices", data, data / "made")
    (told,) = scripts["adapter_card"]._unsure(recipe)
    assert told.startswith("invoices/invoice: it was learnt from made-up ones alone")


def test_of_long_documents_so_many_are_scored_as_the_recipe_says(scripts: dict[str, Any], data: Path) -> None:
    (data / "legal/contract/dev.jsonl").write_text("{}\n[]\n0\n", "utf-8")
    general = scripts["recipes"].read_recipe("general", data, data / "made")
    by_name = {f"{source.domain}/{source.record_type}": source for source in general.sources}
    few, all_of = by_name["legal/contract"], by_name["financial/report_question"]
    assert few.scored.read_text("utf-8") == "{}\n[]\n"
    assert all_of.scored == all_of.dev
    assert all("most_scored" not in given for run in general.runs for given in run.keys["sets"])


def test_what_is_missing_is_named(scripts: dict[str, Any], data: Path) -> None:
    recipes = scripts["recipes"]
    with pytest.raises(UsageError, match="there is no recipe 'expense'"):
        recipes.read_recipe("expense", data, data / "made")
    (data / "expenses/receipt/dev.jsonl").unlink()
    with pytest.raises(UsageError, match=r"receipt/dev\.jsonl: is missing"):
        recipes.read_recipe("expenses", data, data / "made")


@pytest.mark.parametrize("name", ["assorted", "assorted/alike"])
def test_labels_that_bring_their_own_fields_are_of_no_domain_and_score_nothing(
    written: Callable[[Any], Any], data: Path, name: str
) -> None:
    recipe = written({"run": {"epochs": 1}, "sets": {name: {"most": 40}, "expenses/receipt": {}}})
    assert [source.name for source in recipe.sources] == [name, "expenses/receipt"]
    assert [source.name for source in recipe.scored] == ["expenses/receipt"]
    (run,) = recipe.runs
    config = parse_run({"base": "b", "out": "o", **run.keys}, "general", data)
    assert (config.sets[0].domain, config.sets[0].record_type, config.sets[0].most) == (None, None, 40)
    assert all(path.read_text("utf-8") for path in (*config.sets[0].labels, *config.sets[0].validation))


def test_runs_differ_by_the_keys_and_the_sets_that_the_recipe_says(
    written: Callable[[Any], Any], data: Path
) -> None:
    sets = {"expenses/receipt": None, "hr/resume": {"most": 3}}
    common = {"run": {"seed": 1, "epochs": 2}, "sets": sets}
    recipe = written({**common, "runs": [{"without": ["expenses/receipt"]}, {"seed": 2}]})
    assert [[source.name for source in run.sources] for run in recipe.runs] == [
        ["hr/resume"],
        ["expenses/receipt", "hr/resume"],
    ]
    assert sorted(source.name for source in recipe.sources) == ["expenses/receipt", "hr/resume"]
    one, two = (parse_run({"base": "b", "out": "o", **run.keys}, "general", data) for run in recipe.runs)
    assert (one.seed, one.epochs, two.seed, two.epochs) == (1, 2, 2, 2)
    assert [each.most for each in one.sets] == [3]
    assert [each.most for each in two.sets] == [None, 3]
    with pytest.raises(UsageError, match=r"without hr/resumes, which is none of the recipe's sets"):
        written({**common, "runs": [{"without": ["hr/resumes"]}]})


def test_rounds_differ_as_runs_do_and_go_on_from_one_another(written: Callable[[Any], Any]) -> None:
    common = {"run": {"seed": 1}, "sets": {"hr/resume": None}}
    plain, in_rounds = written(common), written({**common, "rounds": [{"epochs": 4}, {"seed": 2}]})
    assert [len(one.rounds) for one in (plain, in_rounds)] == [1, 2]
    assert [(run.keys["seed"], run.keys.get("epochs")) for run in in_rounds.runs] == [(1, 4), (2, None)]


@pytest.mark.parametrize("count", [0, 3, "two", [], [1, 1, 2]])
def test_a_mean_is_of_rounds_that_there_are(written: Callable[[Any], Any], count: object) -> None:
    common = {"run": {}, "rounds": [{}, {"seed": 2}], "sets": {"expenses/receipt": None}}
    assert written(common).mean_of_rounds == (1,)
    assert written({**common, "mean_of_rounds": 2}).mean_of_rounds == (1, 1)
    assert written({**common, "mean_of_rounds": [1, 3]}).mean_of_rounds == (1, 3)
    with pytest.raises(UsageError, match=re.escape(f"has no {count} rounds to take the mean of")):
        written({**common, "mean_of_rounds": count})
    for shares in ([1, 0], ["one", 1]):
        with pytest.raises(UsageError, match="share of the mean is a whole number, 1 or more"):
            written({**common, "mean_of_rounds": shares})


@pytest.mark.parametrize(
    ("counts", "wrong"), [((1, 1, 3), True), ((2, 1, 1), True), ((1, 0, 1), True), ((1, 1, 2), False)]
)
def test_a_round_starts_from_the_mean_of_rounds_before_it(
    written: Callable[[Any], Any], counts: tuple[int, ...], wrong: bool
) -> None:
    rounds = [{"seed": number, "from_mean_of": count} for number, count in enumerate(counts)]
    recipe = {"run": {}, "rounds": rounds, "sets": {"expenses/receipt": None}}
    if wrong:
        with pytest.raises(UsageError, match="starts from the mean of more rounds than come before it"):
            written(recipe)
        return
    made = written(recipe)
    assert made.starts == counts
    assert all("from_mean_of" not in run.keys for run in made.runs)
    assert written({**recipe, "rounds": [{}, {"seed": 2}]}).starts == (1, 1)


def test_a_round_has_several_runs_and_the_next_sets_of_its_own(written: Callable[[Any], Any]) -> None:
    recipe = written(
        {
            "run": {"epochs": 2},
            "rounds": [
                {"runs": [{"without": ["hr/resume"]}, {"seed": 2}]},
                {"epochs": 1, "sets": {"safety/injury_report": {"most": 5}, "hr/resume": None}},
                {"epochs": 4, "seed": 3, "runs": [{}, {"seed": 4}]},
            ],
            "sets": {"hr/resume": {"most": 3, "most_scored": 1}, "expenses/receipt": None},
        }
    )
    assert [[[one.name for one in run.sources] for run in runs] for runs in recipe.rounds] == [
        [["expenses/receipt"], ["hr/resume", "expenses/receipt"]],
        [["safety/injury_report", "hr/resume"]],
        [["hr/resume", "expenses/receipt"], ["hr/resume", "expenses/receipt"]],
    ]
    assert [run.keys["epochs"] for run in recipe.runs] == [2, 2, 1, 4, 4]
    assert [run.keys.get("seed") for run in recipe.runs[3:]] == [3, 4]
    assert recipe.averages
    assert [each.get("most") for each in recipe.runs[2].keys["sets"]] == [5, None]
    assert {one.name for one in recipe.sources} == {"expenses/receipt", "hr/resume", "safety/injury_report"}
