"""What a kill leaves of a model that is replaced is put right by whoever looks for models next."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import NoModelError
from thresher.app.cli.main import run_command
from thresher.app.locations import Locations
from thresher.app.models.library import find, list_models, verify
from thresher.app.models.local import add
from thresher.app.models.pull import pull
from thresher.app.models.staging import Staging, staging


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


def begin_to_replace(models: Path, name: str) -> None:
    """Leaves all as a kill between the two steps of `Staging.finish` does."""
    place = Staging(models, name)
    place.files.mkdir(parents=True, exist_ok=True)
    place.target.rename(place.replaced)


def by_a_pull_that_breaks_off_too(models: Path, name: str) -> None:
    with suppress(ConnectionError), staging(models, name):
        raise ConnectionError


@pytest.mark.parametrize("linked", [False, True])
@pytest.mark.parametrize("look", [find, lambda models, _: list_models(models), by_a_pull_that_breaks_off_too])
def test_a_replaced_model_that_a_kill_left_without_its_name_has_it_again(
    models: Path, tiny_model: Path, linked: bool, look: Callable[[Path, str], Any]
) -> None:
    model = add(models, tiny_model, "mine")
    if linked:
        (models / "elsewhere").symlink_to("mine", target_is_directory=True)  # led nowhere from its place
    name = "elsewhere" if linked else "mine"
    begin_to_replace(models, name)
    look(models, name)
    assert (models / name).is_dir()
    assert find(models, name).facts == model.facts
    old = models / ".partial" / name / "replaced"
    assert not old.is_symlink()
    assert not old.exists()


def test_commands_find_a_model_that_a_kill_left_without_its_name(
    home: Locations, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["models", "add", str(tiny_model)]) == 0
    assert run_command(["models", "use", "tiny"]) == 0
    begin_to_replace(home.models, "tiny")
    assert run_command(["doctor"]) == 0
    begin_to_replace(home.models, "tiny")
    assert run_command(["models", "add", str(tiny_model)]) == 2
    assert "a model named tiny is installed" in capsys.readouterr().err
    begin_to_replace(home.models, "tiny")
    assert run_command(["models", "verify", "tiny"]) == 0


def test_a_pull_leaves_a_model_that_a_kill_left_without_its_name_as_it_was(
    models: Path, tiny_model: Path
) -> None:
    model = add(models, tiny_model, "starter")
    begin_to_replace(models, "starter")
    assert pull(models, "starter") == model  # and asks no index


def test_a_model_that_is_replaced_at_this_moment_is_waited_for(models: Path, tiny_model: Path) -> None:
    model = add(models, tiny_model, "mine")
    found: list[InstalledModel] = []
    with staging(models, "mine") as place:
        place.target.rename(place.replaced)
        looks = threading.Thread(target=lambda: found.append(find(models, "mine")))
        looks.start()
        looks.join(0.2)
        assert not found
        shutil.copytree(place.replaced, place.target)
        shutil.rmtree(place.work)
    looks.join()
    assert found == [model]


def test_a_model_that_stays_without_its_name_is_not_waited_for_without_end(
    models: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thresher.app.models.staging._PATIENCE", 0.1)
    add(models, tiny_model, "mine")
    with staging(models, "mine") as place:
        place.target.rename(place.replaced)
        with pytest.raises(NoModelError, match="'mine'"):
            find(models, "mine")


def test_a_model_that_may_not_be_put_back_costs_no_other(models: Path, tiny_model: Path) -> None:
    add(models, tiny_model, "mine")
    other = add(models, tiny_model, "other")
    begin_to_replace(models, "mine")
    lock = models / ".partial" / "mine.lock"
    lock.unlink()
    lock.mkdir()  # cannot be opened to write, as where all there is root's: root may do anything
    assert list_models(models) == [other]
    with pytest.raises(NoModelError, match="'mine'"):
        find(models, "mine")
    lock.rmdir()
    assert find(models, "mine").name == "mine"


def test_models_are_listed_where_what_a_pull_left_may_not_be_read(
    models: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = add(models, tiny_model, "mine")
    entries = Path.iterdir

    def closed(path: Path) -> Iterator[Path]:
        if path.name == ".partial":
            raise PermissionError(13, "Permission denied", str(path))
        return entries(path)

    monkeypatch.setattr(Path, "iterdir", closed)
    assert list_models(models) == [model]


def test_a_model_that_was_moved_and_linked_stays_so_where_its_disk_is_not_there(
    models: Path, tiny_model: Path
) -> None:
    """A kill while the old model was cleared away left that one, too."""
    other, model = add(models, tiny_model, "other"), add(models, tiny_model, "mine")
    shutil.copytree(model.folder, models / ".partial" / "mine" / "replaced")
    shutil.rmtree(model.folder)
    model.folder.symlink_to(models / "gone", target_is_directory=True)
    assert list_models(models) == [other]
    assert model.folder.is_symlink()
    assert verify(add(models, tiny_model, "mine")) == []


def test_of_a_replaced_model_that_lies_elsewhere_the_link_goes(models: Path, tiny_model: Path) -> None:
    other = add(models, tiny_model, "other")
    add(models, tiny_model, "mine")
    old = models / ".partial" / "mine" / "replaced"
    old.parent.mkdir(parents=True)
    old.symlink_to(other.folder, target_is_directory=True)
    add(models, tiny_model, "mine")
    assert verify(other) == []


def test_a_link_that_leads_nowhere_gives_its_name_to_a_model(models: Path, tiny_model: Path) -> None:
    models.mkdir()
    (models / "mine").symlink_to(models / "gone", target_is_directory=True)
    assert verify(add(models, tiny_model, "mine")) == []
