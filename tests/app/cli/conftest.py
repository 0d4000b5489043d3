"""A command line run as the console script runs it: exit code, stdout and stderr."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from thresher.app.cli.main import run_command


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Thresher = Callable[..., Ended]


@pytest.fixture
def strict_stdout(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As with PYTHONIOENCODING=utf-8:strict, and in most locales: what is no text cannot be written."""
    stdout = io.TextIOWrapper(open(1, "wb", closefd=False), encoding="utf-8", errors="strict")  # noqa: SIM115
    monkeypatch.setattr(sys, "stdout", stdout)


@pytest.fixture
def thresher(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Thresher:
    def run(*arguments: object) -> Ended:
        capfd.readouterr()
        code = run_command([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return run
