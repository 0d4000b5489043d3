"""Of a path that leads nowhere it is known what keeps one from it."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from thresher.app.paths import locked_folder


def test_the_folder_that_may_not_be_searched_is_found_or_the_link_that_leads_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, link = tmp_path / "locked", tmp_path / "link"
    (locked / "inside").mkdir(parents=True)
    link.symlink_to(locked / "inside")

    def refused(call: Callable[..., Any], path: Any, **options: Any) -> Any:
        if locked in Path(path).parents or (call is stat and link in (Path(path), *Path(path).parents)):
            raise PermissionError(13, "Permission denied", str(path))
        return call(path, **options)

    stat, lstat = os.stat, os.lstat
    monkeypatch.setattr(os, "stat", partial(refused, stat))
    monkeypatch.setattr(os, "lstat", partial(refused, lstat))
    assert locked_folder(locked / "inside" / "out.csv") == locked
    assert locked_folder(link / "out.csv") == link
    assert locked_folder(tmp_path / "not there" / "out.csv") is None
