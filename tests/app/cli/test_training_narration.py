"""What is told at the end of a training run."""

import pytest

from thresher.adapters.training.metrics import Metric
from thresher.app.cli.training_narration import TrainingNarrator


def metrics(*held_back: float) -> list[Metric]:
    trained = [Metric(step, len(held_back), "train", 1.0, 90, 12, 400.0, step) for step in range(1, 9)]
    held = [
        Metric(step, len(held_back), "validation", loss, 90, 12, 400.0, step)
        for step, loss in enumerate(held_back, 1)
    ]
    return [*trained, *held]


@pytest.mark.parametrize(
    ("held_back", "rose"), [((0.3, 0.2, 0.37), True), ((0.3, 0.25, 0.2), False), ((), False)]
)
def test_a_loss_that_rose_is_told_for_what_it_is(
    held_back: tuple[float, ...], rose: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    TrainingNarrator().summarise("expenses-1", "expenses", metrics(*held_back))
    lines = capsys.readouterr().err.splitlines()
    assert any("rose from its lowest" in line for line in lines) is rose
    assert any("expenses-1 is there, a candidate for expenses" in line for line in lines)
    assert any("0.300" in line for line in lines) is bool(held_back)
