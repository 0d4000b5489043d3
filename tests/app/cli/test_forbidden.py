"""Folders of the home that may not be read: named with what to do, and no defect of Thresher."""

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from thresher.app.cli import exits
from thresher.app.locations import Locations
from thresher.app.store import Store

from .conftest import Thresher


def refuse_to_list(monkeypatch: pytest.MonkeyPatch, folder: Path, number: int) -> None:
    """Has the system refuse a folder: tests may run as root, whom it lets in everywhere."""
    listed = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path == folder:
            raise OSError(number, os.strerror(number), str(path))
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_read_is_no_defect(
    number: int, thresher: Thresher, monkeypatch: pytest.MonkeyPatch, home: Locations
) -> None:
    home.models.mkdir(parents=True)
    refuse_to_list(monkeypatch, home.models, number)
    for command in (["models", "list"], ["models", "verify", "--json"]):
        ended = thresher(*command)
        assert ended.code == exits.SOME_FAILED
        assert f"{home.models}: may not be read or written" in ended.err
        assert "Change its permissions, or set THRESHER_HOME" in ended.err
    assert not (home.logs / "defect.log").exists()


@pytest.mark.parametrize("folder", ["models", "adapters"])
def test_the_doctor_names_a_folder_that_may_not_be_read_and_looks_on(
    folder: str, thresher: Thresher, monkeypatch: pytest.MonkeyPatch, home_with_tiny: Locations
) -> None:
    Store.open(home_with_tiny).close()
    refused = home_with_tiny.home / folder
    refused.mkdir(exist_ok=True)
    refuse_to_list(monkeypatch, refused, errno.EACCES)
    ended = thresher("doctor", "--json")
    assert ended.code == exits.SOME_FAILED
    findings = {each["subject"]: each for each in json.loads(ended.out)}
    assert findings["permissions"]["level"] == "bad"
    assert str(refused) in findings["permissions"]["detail"]
    assert "Change its permissions" in findings["permissions"]["remedy"]
    assert findings["database"]["level"] == "good"
