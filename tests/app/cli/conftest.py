"""A command line run as the console script runs it: exit code, stdout and stderr."""

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
def thresher(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Thresher:
    def run(*arguments: object) -> Ended:
        capfd.readouterr()
        code = run_command([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return run
