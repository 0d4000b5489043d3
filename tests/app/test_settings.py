"""Settings are typed, named in errors, written whole, and hashed by what changes an answer."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.shots import Shot
from thresher.app.locations import Locations
from thresher.app.settings import Settings, load_settings, save_settings, settings_hash
from thresher.app.task import Task

DUE = Field(name="due", type="date")
COUNTED = DUE.model_copy(update={"counted_from": ("billed",)})
TASK = Task("expenses", "receipt", "Read.", (Field(name="total", type="number"),), "ab", "starter", None)


def test_no_file_and_an_empty_file_mean_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    assert load_settings(path) == Settings()
    path.write_text("# nothing yet\n")
    assert load_settings(path) == Settings()
    defaults = {
        "model": "starter",
        "window_tokens": 768,
        "window_overlap": 96,
        "answer_tokens": 1024,
        "all_windows": False,
        "state_from": 0.25,
    }
    assert Settings().model_dump() == {**defaults, "batch_tokens": 32768}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_no_file_of_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    os.mkfifo(path)
    with pytest.raises(UsageError, match=r"settings.yaml: cannot be read \(is no regular file\)"):
        load_settings(path)


def test_settings_come_back_with_their_sentences(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.yaml"
    kept = Settings(model='no: "name" # é', window_tokens=900, batch_tokens=4096)
    save_settings(path, kept)
    assert load_settings(path) == kept
    assert all(f"# {field.description}\n" in path.read_text() for field in Settings.model_fields.values())
    assert [p.name for p in path.parent.iterdir()] == ["settings.yaml"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("window_token: 3", "unknown key 'window_token' .did you mean 'window_tokens'"),
        ("colour: red", "unknown key 'colour' .there are: model, "),
        ("window_tokens: many", "window_tokens: "),
        ("window_tokens: true", "window_tokens: "),
        ("model: 1", "model: "),
        ("answer_tokens: 0", "answer_tokens: "),
        ("window_tokens: 200\nwindow_overlap: 101", ": window_overlap may be at most half"),
        ("a: [", "line 2, column 1: "),
        pytest.param("[" * 5000, "line 1, |is not YAML", id="deep"),
        ("model: one\nmodel: two", "line 2, column 1: the key 'model' repeats"),
        ("model: 2024-13-45", "is not YAML"),
        ("all_windows: !!bool maybe", "a tag"),
        ("- model", "'name: value'"),
        ("1: 2", "unknown key '1'|Keys should be strings"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=said) as caught:
        load_settings(path)
    assert str(path) in str(caught.value)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(b"model: \xff\xfe")
    with pytest.raises(UsageError, match="is not UTF-8"):
        load_settings(path)
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings(tmp_path)


def test_the_hash_follows_all_that_changes_an_answer_and_nothing_else() -> None:
    first = settings_hash(TASK, Settings(), "w")
    assert len(first) == 64
    assert first == settings_hash(replace(TASK, pack_hash="cd"), Settings(batch_tokens=4096), "w")
    assert first == settings_hash(replace(TASK, state_from=0.0), Settings(state_from=0.5), "w")
    others = [
        settings_hash(replace(TASK, domain="x"), Settings(), "w"),
        settings_hash(replace(TASK, record_type="x"), Settings(), "w"),
        settings_hash(replace(TASK, instructions="\ud800"), Settings(), "w"),
        settings_hash(replace(TASK, fields=(Field(name="total", type="string"),)), Settings(), "w"),
        settings_hash(replace(TASK, fields=TASK.fields[:0]), Settings(), "w"),
        settings_hash(replace(TASK, fields=(DUE,)), Settings(), "w"),
        settings_hash(replace(TASK, fields=(COUNTED,)), Settings(), "w"),
        settings_hash(replace(TASK, model="x"), Settings(), "w"),
        settings_hash(replace(TASK, adapter="x"), Settings(), "w"),
        settings_hash(replace(TASK, shots=(Shot("a", "{}"),)), Settings(), "w"),
        settings_hash(replace(TASK, shots=(Shot("b", "{}"),)), Settings(), "w"),
        settings_hash(TASK, Settings(), "x"),
        settings_hash(TASK, Settings(window_tokens=900), "w"),
        settings_hash(TASK, Settings(window_overlap=64), "w"),
        settings_hash(TASK, Settings(answer_tokens=512), "w"),
    ]
    assert len({first, *others}) == len(others) + 1


def test_the_table_of_the_page_has_every_setting_with_its_default(repository: Path) -> None:
    page = (repository / "docs" / "cli.md").read_text("utf-8")
    section = page.partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \| (.+) \|$", section, re.M)
    assert {name: yaml.safe_load(default) for name, default, _ in rows} == Settings().model_dump()
    assert f"`{Locations(Path()).settings.name}`" in section
