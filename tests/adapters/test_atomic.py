"""A file is replaced whole, or stays as it was."""

import os
from pathlib import Path

import pytest

from thresher.adapters.atomic import appearing, replacing


def test_a_file_takes_its_place_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "f"
    with replacing(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["f"]


def test_what_raises_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def broken() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


@pytest.mark.skipif(os.name != "posix", reason="modes mean something else there")
def test_the_mode_is_kept_or_is_that_of_any_new_file(tmp_path: Path) -> None:
    kept, plain, new = tmp_path / "kept", tmp_path / "plain", tmp_path / "new"
    kept.touch(0o600)
    plain.touch()
    for path in (kept, new):
        with replacing(path) as file:
            file.write(b"x")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert new.stat().st_mode == plain.stat().st_mode


def test_a_folder_appears_when_all_in_it_is_on_the_disk(tmp_path: Path, on_disk: set[int]) -> None:
    target = tmp_path / "deep" / "new"
    with appearing(target) as work:
        (work / "inner").mkdir(parents=True)
        (work / "inner" / "f").write_bytes(b"x")
        assert not target.exists()
        assert not on_disk
    all_of_it = [target.parent, target, target / "inner", target / "inner" / "f"]
    assert {path.stat().st_ino for path in all_of_it} == on_disk
    assert [p.name for p in target.parent.iterdir()] == ["new"]


def test_a_folder_that_is_not_finished_is_gone(tmp_path: Path) -> None:
    def broken() -> None:
        with appearing(tmp_path / "new") as work:
            work.mkdir()
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert list(tmp_path.iterdir()) == []
