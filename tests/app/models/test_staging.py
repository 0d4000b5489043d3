"""What a kill leaves of a model that is replaced is put right when that model is put together again."""

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from thresher.app.models.library import find, verify
from thresher.app.models.local import add
from thresher.app.models.staging import staging


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


def test_a_kill_while_the_replaced_model_is_cleared_away_costs_nothing(
    models: Path, tiny_model: Path
) -> None:
    before = add(models, tiny_model, "mine")
    shutil.copytree(before.folder, models / ".partial" / "mine" / "replaced")
    assert verify(add(models, tiny_model, "mine")) == []
    assert not (models / ".partial" / "mine").exists()


@pytest.mark.parametrize("linked", [False, True])
def test_a_replaced_model_that_a_kill_left_without_its_name_has_it_again(
    models: Path, tiny_model: Path, linked: bool
) -> None:
    model = add(models, tiny_model, "mine")
    if linked:
        (models / "elsewhere").symlink_to("mine", target_is_directory=True)  # led nowhere from its place
    name = "elsewhere" if linked else "mine"
    old = models / ".partial" / name / "replaced"
    old.parent.mkdir(parents=True)
    (models / name).rename(old)
    with suppress(ConnectionError), staging(models, name):
        raise ConnectionError  # this pull breaks off, too
    assert find(models, name).facts == model.facts
    assert not old.is_symlink()
    assert not old.exists()


def test_of_a_replaced_model_that_lies_elsewhere_the_link_goes(models: Path, tiny_model: Path) -> None:
    other = add(models, tiny_model, "other")
    add(models, tiny_model, "mine")
    old = models / ".partial" / "mine" / "replaced"
    old.parent.mkdir(parents=True)
    old.symlink_to(other.folder, target_is_directory=True)
    add(models, tiny_model, "mine")
    assert verify(other) == []
