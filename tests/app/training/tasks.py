"""Training tasks as the command makes them where little is given."""

from pathlib import Path
from typing import Any

from thresher.app.training.candidate import TrainingTask


def training_task(domain: str, record_type: str, *labels: Path, **changes: Any) -> TrainingTask:
    given: dict[str, Any] = {
        "validation": (),
        "corrections": False,
        "model": None,
        "parent": None,
        "name": None,
        "trainer": "train_mlx",
        "recipe": {},
    }
    return TrainingTask(domain, record_type, labels, **given | changes)
