"""The log is for bug reports: where it cannot be written, nothing else suffers."""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from thresher.app.cli.log import log_to_file
from thresher.app.locations import Locations


@pytest.fixture
def log(home: Locations, monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """Thresher's logger as the console script sets it up; afterwards it is as it was."""
    own = logging.getLogger("thresher")
    for logger in (own, logging.getLogger()):
        monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logging, "captureWarnings", lambda _: None)
    log_to_file(home)
    (handler,) = own.handlers
    yield logging.getLogger("thresher.app.flow")
    with suppress(OSError):  # as at Python's own exit
        handler.close()


def test_the_first_message_makes_the_file(log: logging.Logger, home: Locations) -> None:
    assert not home.home.exists()
    log.warning("a window failed: %s", "out of memory")
    assert "WARNING thresher.app.flow: a window failed: out of memory" in (
        home.logs / "thresher.log"
    ).read_text("utf-8")


def _is_a_file(logs: Path) -> None:
    logs.parent.mkdir()
    logs.write_text("in the way")


def _holds_a_folder(logs: Path) -> None:
    (logs / "thresher.log").mkdir(parents=True)


@pytest.mark.parametrize("block", [_is_a_file, _holds_a_folder])
def test_a_log_that_cannot_be_opened_ends_nothing(
    block: Callable[[Path], None],
    log: logging.Logger,
    home: Locations,
    capfd: pytest.CaptureFixture[str],
) -> None:
    block(home.logs)
    log.error("a document failed: %s", "ValueError")
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_prints_no_traceback(
    log: logging.Logger, home: Locations, capfd: pytest.CaptureFixture[str]
) -> None:
    home.logs.mkdir(parents=True)
    (home.logs / "thresher.log").symlink_to("/dev/full")
    log.error("a document failed: %s", "ValueError")
    assert capfd.readouterr().err == ""
