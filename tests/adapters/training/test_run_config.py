"""The run's file: the recipe by default, every wrong key named, and the same run read back."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import UsageError
from thresher.adapters.training.run_config import RunConfig, parse_run, read_run, save_run
from thresher.adapters.training.run_parts import Augmentation

LEAST: dict[str, Any] = {"base": "models/starter", "out": "out", "labels": ["labels.jsonl"]}


def run(folder: Path, **more: Any) -> RunConfig:
    return parse_run({**LEAST, **more}, "run.yaml", folder)


def test_the_defaults_are_the_recipe(tmp_path: Path) -> None:
    config = run(tmp_path)
    assert (config.rank, config.used_alpha, config.dropout) == (8, 16, 0)
    assert (config.weight_decay, config.clip, config.betas) == (1e-5, 1.0, (0.9, 0.999))
    assert config.used_learning_rate(4096) == pytest.approx(2e-4)
    assert config.used_learning_rate(576) == pytest.approx(2e-3)
    assert run(tmp_path, rank=4, alpha=4, learning_rate=3e-4).used_alpha == 4
    assert run(tmp_path, learning_rate="3e-4").used_learning_rate(64) == 3e-4  # as YAML reads 3e-4: a text


def test_windows_are_those_of_use_by_default(tmp_path: Path) -> None:
    from thresher.app.settings import Settings

    config, use = run(tmp_path), Settings()
    assert (config.window_tokens, config.window_overlap, config.answer_tokens) == (
        use.window_tokens,
        use.window_overlap,
        use.answer_tokens,
    )


def test_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "run.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump({**LEAST, "labels": ["a.jsonl", "/b.jsonl"]}), "utf-8")
    config = read_run(path)
    assert config.base == path.parent / "models/starter"
    assert config.labels == (path.parent / "a.jsonl", Path("/b.jsonl"))
    assert config.fields_file is None


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "rank": st.integers(1, 64),
            "alpha": st.none() | st.floats(0.5, 64),
            "targets": st.just("all") | st.lists(st.sampled_from(["q_proj", "v_proj"]), min_size=1),
            "learning_rate": st.none() | st.floats(1e-6, 1e-1),
            "group": st.none() | st.text(st.characters(exclude_categories=["C"]), min_size=1),
            "gradient_checkpointing": st.booleans(),
        },
    )
)
def test_what_is_saved_is_read_back(tmp_path_factory: pytest.TempPathFactory, more: dict[str, Any]) -> None:
    folder = tmp_path_factory.mktemp("run")
    config = run(folder, **more)
    save_run(folder / "deeper" / "run.yaml", config)
    assert read_run(folder / "deeper" / "run.yaml") == config


SETS: list[dict[str, Any]] = [
    {"domain": "expenses", "record_type": "receipt", "labels": ["a.jsonl"], "repeat": 2},
    {"domain": "hr", "labels": ["/b.jsonl"], "validation": ["v.jsonl"], "most": 100, "most_validation": 9},
    {"fields_file": "fields.json", "labels": ["c.jsonl"], "group": "supplier"},
]


def several(folder: Path, sets: Any = SETS, **more: Any) -> RunConfig:
    return parse_run({"base": "b", "out": "o", "sets": sets, **more}, "run.yaml", folder)


def test_a_run_takes_sets_of_labels_in_place_of_one(tmp_path: Path) -> None:
    config = several(tmp_path, augment={"share": 0.5, "drop": 0.2})
    first, second, third = config.label_sets
    assert (first.name, second.name, third.name) == ("expenses/receipt", "hr", str(tmp_path / "fields.json"))
    assert first.labels == (tmp_path / "a.jsonl",)
    assert (second.labels, second.validation) == ((Path("/b.jsonl"),), (tmp_path / "v.jsonl",))
    assert third.fields_file == tmp_path / "fields.json"
    assert (config.augment.share, config.augment.drop, config.augment.cut) == (0.5, 0.2, 0)
    save_run(tmp_path / "run.yaml", config)
    assert read_run(tmp_path / "run.yaml") == config
    assert str(tmp_path) not in str(config.model_dump(mode="json", exclude=config.paths()))


def test_one_set_is_the_runs_own_keys(tmp_path: Path) -> None:
    config = run(tmp_path, domain="expenses", validation=["v.jsonl"], group="shop")
    (one,) = config.label_sets
    assert (one.domain, one.labels, one.validation) == ("expenses", config.labels, config.validation)
    assert (one.group, one.repeat, one.most) == ("shop", 1, None)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"labels": ["a.jsonl"]}, "sets: is in place of labels; give these keys to a set"),
        ({"domain": "hr", "group": "x"}, "sets: is in place of domain, group"),
        ({"sets": []}, "labels: at least one file, or sets"),
        ({"sets": [{"domain": "hr"}]}, "sets.0.labels: Field required"),
        (
            {"sets": [{"domian": "hr", "labels": ["a"]}]},
            "unknown key 'sets.0.domian' (did you mean 'domain'?)",
        ),
        ({"sets": [{"record_type": "x", "labels": ["a"]}]}, "record_type: needs the domain"),
        ({"sets": [{"labels": ["a"], "most": True}]}, "most: must not be true or false"),
        ({"augment": {"dorp": 0.1}}, "unknown key 'augment.dorp' (did you mean 'drop'?)"),
        ({"augment": {"drop": 1.5}}, "augment.drop: "),
        ({"augment": {"cut": True}}, "cut: must not be true or false"),
    ],
)
def test_what_is_wrong_in_a_part_is_named(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=r"run\.yaml") as caught:
        several(tmp_path, **{"sets": SETS, **more})
    assert said in str(caught.value)


def test_all_wrong_keys_are_named_at_once_with_what_was_meant(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(tmp_path, learning_rte=1e-3, rank=0, epochs="many", clip=True)
    assert "clip: must not be true or false" in str(caught.value)
    with pytest.raises(UsageError) as caught:
        run(tmp_path, learning_rte=1e-3, rank=0, epochs="many")
    message = str(caught.value)
    assert message.startswith("run.yaml: ")
    assert "unknown key 'learning_rte' (did you mean 'learning_rate'?)" in message
    assert "rank: " in message
    assert "epochs: " in message
    assert message.endswith("Correct it.")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"window_overlap": 500}, "window_overlap: may be at most half"),
        ({"betas": [0.9, 1.0]}, "betas: must be"),
        ({"record_type": "receipt"}, "record_type: needs the domain"),
        ({"domain": "expenses", "fields_file": "f.json"}, "fields_file: is in place of domain"),
        ({"labels": []}, "labels: "),
        ({"learning_rate": float("nan")}, "learning_rate: "),
        ({"format": 3}, "format 3 is from a newer Thresher. Update Thresher."),
        ({"format": 0}, "format: "),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=r"run\.yaml") as caught:
        run(tmp_path, **more)
    assert said in str(caught.value)


def test_a_run_of_the_first_form_is_read_without_what_means_nothing_any_more(tmp_path: Path) -> None:
    """The proof reads the runs of adapters that were trained by an earlier Thresher."""
    assert run(tmp_path, format=1, patience=3) == run(tmp_path)
    with pytest.raises(UsageError, match="unknown key 'patience'"):
        run(tmp_path, patience=3)


@pytest.mark.parametrize(
    "content",
    [b"base: [", b"- a list", b"\xff\xfe\x00", b"", b"42", b"base: a\nbase: b", b"base: !!bool maybe"],
)
def test_a_file_that_is_no_run_is_a_named_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.yaml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"run\.yaml: .*(Correct|Save|Leave out) "):
        read_run(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_run(tmp_path / "missing.yaml")


def test_every_key_is_told_in_the_file(tmp_path: Path) -> None:
    save_run(tmp_path / "run.yaml", run(tmp_path))
    text = (tmp_path / "run.yaml").read_text("utf-8")
    for name, field in RunConfig.model_fields.items():
        assert field.description
        assert f"# {field.description}\n{name}:" in text


def test_the_runs_of_the_docs_are_runs(repository: Path, tmp_path: Path) -> None:
    text = (repository / "docs" / "training.md").read_text("utf-8")
    runs = [
        parse_run(yaml.safe_load(each), "docs", tmp_path)
        for each in re.findall(r"```yaml\n(.*?)```", text, re.S)
    ]
    assert [len(each.label_sets) for each in runs] == [1, 2]
    table = text.partition("## Labels varied")[2].partition("## Batches")[0]
    keys = re.findall(r"^\| `(\w+)` \|", table, re.M)
    assert set(keys) == set(Augmentation.model_fields) - {"share", "heads", "noise_rate"}


def test_paths_whose_names_are_no_text_come_back(tmp_path: Path) -> None:
    strange = tmp_path / os.fsdecode(b"caf\xe9")
    asked = RunConfig(
        base=strange,
        out=tmp_path / "café",
        sets=({"labels": (strange / "a.jsonl",)}, {"labels": (tmp_path / "b.jsonl",)}),  # type: ignore[arg-type]
    )
    save_run(tmp_path / "run.yaml", asked)
    assert read_run(tmp_path / "run.yaml") == asked
