"""Making adapters on a tiny base: trained, scored, shipped with a card, and never twice."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.calibration import read_calibrations
from thresher.adapters.manifest import read_manifest
from thresher.adapters.tensor_file import read_tensors
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.run_config import parse_run

from .conftest import SETS


@pytest.mark.usefixtures("always_better")
def test_an_adapter_is_trained_scored_and_shipped_once(
    make: Any,
    scripts: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands: list[str] = []
    real = scripts["scoring"].run

    def watched(command: list[str], *rest: Any) -> Any:
        kind = next((one for one in ("evaluate", "calibrate") if one in command), "train")
        commands.append(kind)
        if kind == "evaluate" and commands.count("evaluate") == 2:
            raise SystemExit(130)  # Ctrl-C while the second record type is scored
        return real(command, *rest)

    monkeypatch.setattr(scripts["rounds"], "run", watched)
    monkeypatch.setattr(scripts["scoring"], "run", watched)
    with pytest.raises(SystemExit):
        make().make("general")
    assert commands == ["train", "evaluate", "evaluate"]
    assert not make().place("general").exists(), "nothing is shipped half"

    make().make("general")
    assert commands == ["train", *["evaluate"] * 4], "it is not trained again, and not calibrated"
    place = make().place("general")
    manifest = read_manifest(place)
    assert (manifest.name, manifest.origin, manifest.pack, manifest.parent) == (
        "general-tiny",
        "shipped",
        None,
        None,
    )
    assert manifest.data is not None
    assert manifest.data.train == 12
    assert manifest.data.licence == "licence of expenses/receipt; licence of manufacturing/work_order"
    assert "Labels of expenses/receipt (authors of expenses/receipt)" in str(manifest.data.attribution)
    assert [(one.record_type, one.records) for one in manifest.scores] == [("receipt", 3), ("work_order", 3)]
    assert {tensor.dtype for tensor in read_tensors(place / "adapter_model.safetensors")} == {"F16"}
    shipped, learnt = read_adapter(place), read_adapter(tmp_path / "work/general/run-1/out/adapter")
    assert shipped.manifest == manifest
    for name, layer in learnt.layers.items():
        np.testing.assert_array_equal(shipped.layers[name].a, layer.a.astype(np.float16))
        np.testing.assert_array_equal(shipped.layers[name].b, (layer.b / 2).astype(np.float16))
    assert shipped.alpha == learnt.alpha
    assert "It ships at 0.5 of what it learnt" in (place / "README.md").read_text("utf-8")
    assert "examples" not in (place / "README.md").read_text("utf-8")
    assert not (place / "calibration.json").exists()
    assert "confidences: they are the model's own" in (place / "README.md").read_text("utf-8")

    make().make("expenses")
    assert commands[5:] == ["train", "evaluate", "calibrate"]
    own = read_manifest(make().place("expenses"))
    (sure,) = read_calibrations(make().place("expenses") / "calibration.json")
    assert (sure.record_type, sure.adapter) == ("receipt", own.weights)
    assert own.pack is not None
    assert (own.name, own.pack.record_types, own.parent) == ("expenses-tiny", ("receipt",), manifest.weights)
    text = (make().place("expenses") / "README.md").read_text("utf-8")
    for said in (
        "licence of expenses/receipt",
        "authors of expenses/receipt",
        "from the general adapter",
        "a desk",
    ):
        assert said in text
    assert f"| expenses/receipt | 3 | {own.scores[0].f1:.3f} |" in text
    assert "| 3 | 0." in text

    told = yaml.safe_load(scripts["make_adapters"].MADE.read_text("utf-8"))
    assert list(told) == ["general", "expenses"]
    assert told["general"]["labels"] == 12
    assert told["expenses"]["training_seconds"] >= 0

    done = len(commands)
    capsys.readouterr()
    make().make("expenses")
    assert len(commands) == done
    said = capsys.readouterr().err
    assert "is there already" in said
    assert "another now" not in said
    recipe = scripts["recipes"].FOLDER / "expenses.yaml"
    recipe.write_text(recipe.read_text("utf-8") + "# changed\n", "utf-8")
    make().make("expenses")
    assert len(commands) == done
    assert "its recipe is another now" in capsys.readouterr().err


@pytest.mark.usefixtures("always_better")
def test_it_is_calibrated_on_labels_that_no_training_saw_or_on_those_that_score_it(
    make: Any, scripts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts["scoring"], "_ENOUGH_VALUES", 19)  # a receipt has four fields

    recipes, place = scripts["recipes"], make().place("expenses")

    def remade(keys: dict[str, int] | None) -> int:
        """How many documents calibrate the adapter that is trained by these keys."""
        recipe = {"parent": "general", "run": {}, "sets": {"expenses/receipt": keys}}
        (recipes.FOLDER / "expenses.yaml").write_text(yaml.safe_dump(recipe), "utf-8")
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(tmp_path / "work")
        make().make("expenses")
        return read_calibrations(place / "calibration.json")[0].documents

    make().make("general")
    assert remade({"most": 1}) == 5
    learnt: set[str] = set()
    for name in ("general", "expenses"):
        (run,) = recipes.read_recipe(name, tmp_path / "data", tmp_path).runs
        sets = read_sets(parse_run({"base": "b", "out": "o", **run.keys}, "the recipe", tmp_path))[0]
        learnt |= {label.text for each in sets for label in each.sides.train}
    spare = (tmp_path / "work" / "made" / "spare" / "expenses-receipt.jsonl").read_text("utf-8")
    assert not {json.loads(line)["input"] for line in spare.splitlines()} & learnt
    monkeypatch.setattr(scripts["scoring"], "_ENOUGH_VALUES", 4)
    assert remade({"most": 10}) == 2, "fewer than score it, and enough"
    assert remade(None) == 3, "it saw all there is: those that score it"

    (place / "calibration.json").unlink()
    weights = read_manifest(place).weights
    shutil.rmtree(tmp_path / "work")
    make().make("expenses")
    assert read_calibrations(place / "calibration.json")[0].adapter == weights


def test_what_is_no_better_than_its_parent_does_not_ship(
    make: Any, scripts: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make().make("general")
    parents = read_manifest(make().place("general")).scores[0]
    monkeypatch.setattr(scripts["scoring"].Scorer, "score", lambda *_: parents)
    make().make("expenses")
    said = capsys.readouterr().err
    assert f"expenses: does not ship: expenses/receipt: F1 {parents.f1:.3f}, the general adapter's" in said
    assert not make().place("expenses").exists()
    better = parents.model_copy(update={"f1": parents.f1 + 0.01})
    monkeypatch.setattr(scripts["scoring"].Scorer, "score", lambda *_: better)
    make().make("expenses")
    assert read_manifest(make().place("expenses")).scores == (better,)


@pytest.mark.usefixtures("always_better")
def test_made_up_labels_calibrate_nothing(
    make: Any, scripts: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    make().make("general")
    about = scripts["recipes"].FOLDER / "sources.yaml"
    sources = yaml.safe_load(about.read_text("utf-8"))
    sources["expenses/receipt"]["make"] = {"made/train.jsonl": {"schemas": 1, "each": 3, "seed": 1}}
    about.write_text(yaml.safe_dump(sources), "utf-8")
    make().make("expenses")
    place = make().place("expenses")
    assert not (place / "calibration.json").exists()
    text = (place / "README.md").read_text("utf-8")
    assert "confidences of expenses/receipt: made-up labels do not tell" in text
    assert f"{read_manifest(place).scores[0].all_right:.1%} |  |  |" in text
    capsys.readouterr()
    make().make("expenses")
    assert "is there already" in capsys.readouterr().err


@pytest.mark.usefixtures("always_better")
def test_the_mean_of_several_runs_ships_and_nothing_that_one_of_them_saw_calibrates(
    make: Any, scripts: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = {
        "names_decide": True,
        "run": {"augment": {"share": 1.0, "shots": 1.0}},
        "runs": [{"without": ["manufacturing/work_order"]}, {"split_seed": 1, "seed": 2}],
        "sets": {name: {"most": 2} for name in SETS},
    }
    (scripts["recipes"].FOLDER / "general.yaml").write_text(yaml.safe_dump(recipe), "utf-8")
    make().make("general")
    place, folder = make().place("general"), tmp_path / "work" / "general"
    runs = [read_adapter(folder / f"run-{number}" / "out" / "adapter") for number in (1, 2)]
    whole = scripts["merging"].mean(runs)
    shipped = read_adapter(place)
    for name, layer in shipped.layers.items():
        np.testing.assert_array_equal(layer.b, whole.layers[name].b.astype(np.float16))
    assert shipped.manifest.recipe is not None
    assert shipped.manifest.data is not None
    assert (shipped.manifest.recipe.steps, shipped.manifest.data.train) == (4, 6)
    assert shipped.manifest.names_decide
    assert shipped.manifest.shows_examples
    # It is scored as it ships.
    assert read_manifest(tmp_path / "work" / "home" / "adapters" / "general").names_decide
    card = (place / "README.md").read_text("utf-8")
    assert "Trained on 6 labels in 2 runs, many in more than one;" in card
    assert "4 steps in 2 runs, each at a peak rate of" in card
    assert "The adapter is the mean of what the runs made." in card
    assert "Its prompts show the pack's short examples." in card

    (scripts["recipes"].FOLDER / "expenses.yaml").write_text(
        yaml.safe_dump({"parent": "general", "run": {}, "sets": {"expenses/receipt": {"most": 1}}}), "utf-8"
    )
    monkeypatch.setattr(scripts["scoring"], "_ENOUGH_VALUES", 100)
    make().make("expenses")
    spare = (tmp_path / "work" / "made" / "spare" / "expenses-receipt.jsonl").read_text("utf-8")
    learnt = set()
    for name in ("general", "expenses"):
        for run in scripts["recipes"].read_recipe(name, tmp_path / "data", tmp_path).runs:
            sets = read_sets(parse_run({"base": "b", "out": "o", **run.keys}, "the recipe", tmp_path))[0]
            named = zip(sets, run.sources, strict=True)
            receipts = next(one for one, source in named if source.name == "expenses/receipt")
            learnt |= {label.text for label in receipts.sides.train}
    assert 2 < len(learnt) < 12
    # Fewer are left than are wanted: those that score it go with them.
    scored = (tmp_path / "data" / "expenses" / "receipt" / "dev.jsonl").read_text("utf-8").splitlines()
    assert len(spare.splitlines()) == 12 - len(learnt) + len(scored)
    assert set(scored) < set(spare.splitlines())
    assert not {json.loads(line)["input"] for line in spare.splitlines()} & learnt


def test_a_domains_adapter_waits_for_the_general_one(make: Any) -> None:
    from thresher.adapters.errors import UsageError

    with pytest.raises(UsageError, match="starts from general, which is not there"):
        make().make("expenses")


def test_what_it_is_bad_at_is_what_was_measured(scripts: dict[str, Any]) -> None:
    from thresher.adapters.manifest import Score

    fields = {"low": 0.31, "lower": 0.2, "high": 0.9}
    score = Score(domain="hr", record_type="resume", records=9, f1=0.5, all_right=0.1, fields=fields)
    bad = list(scripts["adapter_card"]._bad([score]))
    assert bad[:2] == ["lower of hr/resume: F1 0.20", "low of hr/resume: F1 0.31"]
    assert not any("high" in line for line in bad)
    good = score.model_copy(update={"f1": 0.9, "fields": {"high": 0.9}})
    assert "the lowest is high of hr/resume: F1 0.90" in next(scripts["adapter_card"]._bad([good]))
    rare = score.model_copy(update={"fields": {"high": 0.9}})
    bad = list(scripts["adapter_card"]._bad([rare]))
    assert bad[0] == "fields of hr/resume that few records have: F1 of all is 0.50"
    assert not any("no field" in line for line in bad)
