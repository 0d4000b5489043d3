"""The metrics: a line at once, read while it is written, and no step twice after a resume."""

from dataclasses import replace
from pathlib import Path

import pytest

from thresher.adapters.errors import UsageError
from thresher.adapters.training.metrics import METRICS_FILE, Metric, MetricsWriter, read_metrics

ONE = Metric(1, 9, "train", 2.5, 900, 120, 431.0, 2.1, rate=1e-4, norm=0.7, memory=10**9)


def test_each_line_is_there_as_soon_as_it_is_written(tmp_path: Path) -> None:
    assert read_metrics(tmp_path) == []
    held = Metric(1, 9, "validation", 2.25, 90, 12, 400.0, 2.5)
    with MetricsWriter(tmp_path / "new") as metrics:
        metrics.write(ONE)
        assert read_metrics(tmp_path / "new") == [ONE]
        metrics.write(held)
    assert read_metrics(tmp_path / "new") == [ONE, held]


def test_a_line_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path) as metrics:
        metrics.write(ONE)
    whole = (tmp_path / METRICS_FILE).read_bytes()
    for cut in range(1, len(whole)):
        (tmp_path / METRICS_FILE).write_bytes(whole + whole[:cut])
        assert read_metrics(tmp_path) == [ONE]


def test_a_resumed_run_drops_what_it_will_do_again(tmp_path: Path) -> None:
    steps = [replace(ONE, step=step) for step in range(1, 8)]
    with MetricsWriter(tmp_path) as metrics:
        for metric in steps:
            metrics.write(metric)
    with (tmp_path / METRICS_FILE).open("ab") as file:
        file.write(b'{"step": 8, "ki')
    with MetricsWriter(tmp_path, resume_after=5) as metrics:
        assert read_metrics(tmp_path) == steps[:5]
        metrics.write(steps[5])
    assert read_metrics(tmp_path) == steps[:6]
    with MetricsWriter(tmp_path):
        pass
    assert read_metrics(tmp_path) == []  # a run that begins anew


@pytest.mark.parametrize("line", [b"{}", b"nonsense", b"[1]", b'{"step": 1, "surprise": 2}'])
def test_a_line_that_is_no_metric_is_named(tmp_path: Path, line: bytes) -> None:
    with MetricsWriter(tmp_path) as metrics:
        metrics.write(ONE)
    with (tmp_path / METRICS_FILE).open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(UsageError, match="line 2 is no metric"):
        read_metrics(tmp_path)


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(UsageError, match=r"metrics\.jsonl: cannot be written"):
        MetricsWriter(tmp_path / "file")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda _, *how, **more: opened(Path("/dev/full"), *how, **more))
    told = r"metrics\.jsonl: cannot be written .* Free some space\."
    with pytest.raises(UsageError, match=told), MetricsWriter(tmp_path) as metrics:
        metrics.write(ONE)
    with pytest.raises(UsageError, match=told):
        MetricsWriter(tmp_path).close()


def test_a_number_that_is_none_is_never_written(tmp_path: Path) -> None:
    with MetricsWriter(tmp_path) as metrics, pytest.raises(ValueError, match="not JSON compliant"):
        metrics.write(replace(ONE, loss=float("nan")))
    assert read_metrics(tmp_path) == []
