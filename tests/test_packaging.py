"""What is shipped: the wheel and the sdist carry all four floors with their data, and nothing else."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

FLOORS = ("adapters", "train_mlx", "train_cuda", "app")


def tracked(repository: Path, *folders: str) -> set[str]:
    """The files that git knows in these folders."""
    done = subprocess.run(
        ["git", "ls-files", "-z", *folders], cwd=repository, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout: there is no list of files to compare with")
    return {name for name in done.stdout.split("\0") if name and (repository / name).is_file()}


def build(source: Path, folder: Path, *targets: str) -> None:
    command = [sys.executable, "-m", "hatchling", "build", *targets, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build(repository, folder)
    return folder


def wheel_names(folder: Path) -> set[str]:
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def sdist(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    (file,) = built.glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


def test_the_wheel_carries_every_file_of_the_four_floors(built: Path, repository: Path) -> None:
    names = wheel_names(built)
    assert {f"thresher/{name}" for name in tracked(repository, *FLOORS)} <= names


def test_the_wheel_carries_packs_styles_and_type_markers(built: Path, repository: Path) -> None:
    names = wheel_names(built)
    domains = {path.parent.name for path in (repository / "adapters" / "packs").glob("*/pack.yaml")}
    assert len(domains) >= 12
    assert {f"thresher/adapters/packs/{domain}/pack.yaml" for domain in domains} <= names
    assert {f"thresher/{floor}/py.typed" for floor in FLOORS} <= names
    assert "thresher/app/tui/thresher.tcss" in names


def test_the_wheel_carries_nothing_else(built: Path) -> None:
    names = wheel_names(built)
    assert {name.split("/")[0] for name in names} == {"thresher"}
    assert {name.split("/")[1] for name in names} == set(FLOORS)
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".db", ".gguf"))]


def test_the_wheel_brings_the_command(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (entry_points,) = (n for n in archive.namelist() if n.endswith(".dist-info/entry_points.txt"))
        assert "thresher = thresher.app.cli.main:main" in archive.read(entry_points).decode()
        assert [n for n in archive.namelist() if n.endswith("licenses/LICENSE")]


def test_the_sdist_builds_the_same_wheel(built: Path, sdist: Path, tmp_path: Path) -> None:
    assert not [path for path in sdist.rglob("*") if path.is_symlink()]
    build(sdist, tmp_path, "-t", "wheel")
    assert wheel_names(tmp_path) == wheel_names(built)


def test_the_sdist_carries_tests_and_docs(sdist: Path) -> None:
    assert (sdist / "tests" / "test_packaging.py").is_file()
    assert (sdist / "docs").is_dir()
    assert {path.name for path in sdist.glob("*.md")} == {"README.md", "CHANGELOG.md"}


def test_an_editable_install_finds_the_four_floors(repository: Path) -> None:
    """The links of packaging/editable, which make one import package of four folders."""
    links = repository / "packaging" / "editable" / "thresher"
    if not links.is_dir():
        pytest.skip("not a checkout: an editable install needs its links")
    assert {path.name for path in links.iterdir()} == set(FLOORS)
    for floor in FLOORS:
        assert (links / floor).resolve() == repository / floor
    assert not (links / "__init__.py").exists(), "a namespace package has none"
    assert not (repository / "packaging" / "__init__.py").exists(), "it would shadow PyPI's packaging"
