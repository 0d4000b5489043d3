"""The doctor names each shortfall with what to do, in the words that fit it."""

import importlib.util
import shutil
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from thresher.adapters.blas import BlasReport
from thresher.adapters.environment import install_command
from thresher.adapters.pack_library import find_packs
from thresher.app import doctor, home_check
from thresher.app.diagnosis import Finding
from thresher.app.doctor import examine
from thresher.app.locations import Locations

from .conftest import AddAdapter


def by_subject(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings}


def test_an_empty_machine_lacks_a_model(home: Locations) -> None:
    findings = by_subject(examine(home))
    assert findings["models"].level == "bad"
    assert "thresher models pull starter" in str(findings["models"].remedy)
    assert "mlx 0." in findings["versions"].detail
    assert str(home.home) in findings["home"].detail
    assert "THRESHER_HOME" in findings["home"].detail
    assert {"python", "blas", "backend", "trainers", "memory", "disk", "ocr"} <= findings.keys()
    assert not home.home.exists()  # it looks only


def test_every_shortfall_says_what_to_do(home: Locations) -> None:
    for finding in examine(home):
        assert (finding.level == "good") == (finding.remedy is None)


def test_with_the_starter_nothing_prevents_work(home_with_starter: Locations) -> None:
    findings = examine(home_with_starter)
    assert [f for f in findings if f.level == "bad"] == []
    assert "all files there" in by_subject(findings)["model starter"].detail


def test_a_damaged_model_is_named(home: Locations, starter: Path) -> None:
    shutil.copytree(starter, home.models / "starter")
    (home.models / "starter" / "config.json").write_text("{}")
    findings = by_subject(examine(home))
    assert "config.json has 2 bytes" in findings["model starter"].detail
    assert findings["model starter"].level == "bad"
    assert "models" not in findings  # one is there


def test_adapters_are_named_and_a_broken_one_is_a_shortfall(
    home: Locations, add_adapter: AddAdapter, nothing_ships: None
) -> None:
    add_adapter("one", 1)
    (add_adapter("cut", 2) / "manifest.json").unlink()
    findings = by_subject(examine(home))
    assert findings["adapters"].detail.startswith("one;")
    assert findings["adapter cut"].level == "slow"
    assert "manifest.json is missing" in findings["adapter cut"].detail


def test_packs_are_counted_and_a_broken_one_is_a_shortfall(home: Locations) -> None:
    assert by_subject(examine(home))["packs"].detail == f"{len(find_packs().packs)} domains"
    for name, text in (("broken", "format: ["), ("expenses", "format: {{ it }}")):
        (home.packs / name).mkdir(parents=True)
        (home.packs / name / "pack.yaml").write_text(text)
    findings = by_subject(examine(home))
    for name in ("broken", "expenses"):
        found = findings[f"pack {name}"]
        assert found.level == "slow"
        assert str(home.packs / name / "pack.yaml") in found.detail
        assert f"thresher packs check {home.packs / name}" in str(found.remedy)


def test_the_settings_are_named_and_wrong_ones_prevent_work(home: Locations) -> None:
    found = by_subject(examine(home))["settings"]
    assert (found.level, found.detail) == ("good", f"{home.settings} (not there: every default holds)")
    home.home.mkdir()
    home.settings.write_text("window_token: 3\n")
    found = by_subject(examine(home))["settings"]
    assert found.level == "bad"
    assert f"{home.settings}: unknown key 'window_token'" in found.detail


def test_the_slow_blas_is_told_with_its_remedy(home: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "mlx.core", raising=False)
    report = BlasReport(None, needed=True, remedy="Install OpenBLAS")
    monkeypatch.setattr("thresher.adapters.blas.load_fast_blas", lambda: report)
    [finding] = list(doctor._blas())
    assert (finding.level, finding.remedy) == ("slow", "Install OpenBLAS")
    assert "reference BLAS" in finding.detail


@pytest.mark.parametrize(
    ("absent", "level"), [((), "good"), (("torch", "peft"), "good"), (("peft",), "slow")]
)
def test_pytorch_is_told_and_how_to_get_it(
    absent: tuple[str, ...], level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(package: str) -> str:
        if package in absent:
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(doctor, "version", installed)
    (finding,) = doctor._trainers()
    assert finding.level == level
    said = f"{finding.detail} {finding.remedy}"
    assert (install_command("thresher[cuda]") in said) == bool(absent)
    assert ("torch 1.0" in said) == (not absent)


def test_little_memory_and_disk(home: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    memory = SimpleNamespace(total=4 * 10**9, available=10**8)
    usage = SimpleNamespace(total=10**9, used=10**9, free=10**6)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    findings = by_subject([*doctor._memory(), *home_check._disk(home)])
    assert [findings[s].level for s in ("memory", "disk")] == ["slow", "slow"]


def test_ocr_models_that_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    [finding] = list(doctor._ocr())
    assert finding.level == "slow"
    assert "det, rec" in finding.detail
