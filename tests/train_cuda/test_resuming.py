"""What a run came to be stays so when it goes on: its precision, and how its base is stored."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.base_model import read_base
from thresher.adapters.training.command import Way, main
from thresher.adapters.training.memory import Room, estimate
from thresher.adapters.training.plan import make_plan
from thresher.adapters.training.run_config import read_run
from thresher.train_cuda import device
from thresher.train_cuda.learner import TorchLearner

_WEIGHTS = "adapter_model.safetensors"
PLENTY = 1 << 40

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="of a machine without a GPU")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """The command takes these signals for the rest of its process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    device._faster_on_cpu.cache_clear()


def train(
    run: Path, monkeypatch: pytest.MonkeyPatch, faster: str, free: int = PLENTY, stop: int | None = None
) -> int:
    """The command's exit code, on a machine that is faster in one type and has that many bytes free."""
    device._faster_on_cpu.cache_clear()
    monkeypatch.setattr(device, "_seconds", lambda dtype: 0.1 if str(dtype) == f"torch.{faster}" else 1.0)
    monkeypatch.setattr(sys, "argv", ["train_cuda", str(run)])

    class Interrupted(TorchLearner):
        """As Ctrl-C after some steps."""

        def update(self, targets: int, rate: float) -> float:
            norm = super().update(targets, rate)
            if self._adamw.steps == stop:
                signal.raise_signal(signal.SIGINT)
            return norm

    way = Way("train_cuda", ("torch", "peft"), device.settled, lambda: Room(free, packs=True), Interrupted)
    return main(way)


def came_to_be(run: Path) -> Any:
    """The run as it is saved in its folder."""
    return read_run(run.parent / "out" / "run.yaml")


def weights(run: Path) -> bytes:
    """Those of the adapter."""
    return (run.parent / "out" / "adapter" / _WEIGHTS).read_bytes()


def change(run: Path, key: str, value: str) -> None:
    run.write_text(run.read_text("utf-8").replace("{", f'{{"{key}": "{value}", ', 1), "utf-8")


def test_auto_is_written_out_and_stays_when_the_run_goes_on(
    make_run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the machine is faster in the other type by then."""
    whole, run = (make_run(tmp_path / name, steps=6) for name in ("whole", "run"))
    assert train(whole, monkeypatch, "bfloat16") == 0
    assert train(run, monkeypatch, "bfloat16", stop=3) == 130
    assert came_to_be(run).precision == "bfloat16"
    assert train(run, monkeypatch, "float32") == 0
    assert weights(whole) == weights(run)
    recipe = read_adapter(run.parent / "out" / "adapter", read_base(read_run(run).base)).manifest.recipe
    assert recipe is not None
    assert recipe.configuration["precision"] == "bfloat16"


def test_another_precision_is_another_run(
    make_run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(tmp_path / "run", steps=6)
    assert train(run, monkeypatch, "bfloat16", stop=3) == 130
    change(run, "precision", "float32")
    assert train(run, monkeypatch, "bfloat16") == 2
    assert "the state of another run" in capsys.readouterr().err


def test_a_base_is_packed_for_want_of_memory_and_stays_so(
    make_run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the adapter is that of dense weights, to the bit."""
    whole, run = (make_run(tmp_path / name, steps=6, precision="float32") for name in ("whole", "run"))
    assert train(whole, monkeypatch, "float32") == 0
    assert "Memory is short" not in capsys.readouterr().err
    short = int(estimate(make_plan(read_run(run)), Room(0)) / 0.9) - 2
    assert train(run, monkeypatch, "float32", short, stop=3) == 130
    assert "stay packed (base_storage)" in capsys.readouterr().err
    assert came_to_be(run).base_storage == "packed"
    assert train(run, monkeypatch, "float32") == 0
    assert came_to_be(run).base_storage == "packed"
    assert weights(whole) == weights(run)


def test_a_run_on_dense_weights_may_go_on_with_packed_ones(
    make_run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, run = (make_run(tmp_path / name, steps=6, precision="float32") for name in ("whole", "run"))
    assert train(whole, monkeypatch, "float32") == 0
    assert train(run, monkeypatch, "float32", stop=3) == 130
    change(run, "base_storage", "packed")
    assert train(run, monkeypatch, "float32") == 0
    assert came_to_be(run).base_storage == "packed"
    assert weights(whole) == weights(run)


def test_a_run_that_goes_on_keeps_its_passes_and_says_so(
    make_run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_run(tmp_path / "run", steps=6)
    assert train(run, monkeypatch, "float32", stop=3) == 130
    run.write_text(run.read_text("utf-8").replace('"batch_tokens": 1024', '"batch_tokens": 512'), "utf-8")
    assert train(run, monkeypatch, "float32") == 0
    told = capsys.readouterr().err
    assert "batch_tokens stays 1024, with which the run began: with 512 it is another run" in told
    assert came_to_be(run).batch_tokens == 1024
