"""The metrics of a run: `metrics.jsonl`, an object a line, written by a trainer and read while it runs."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from thresher.adapters.atomic import replacing
from thresher.adapters.errors import UsageError

METRICS_FILE = "metrics.jsonl"


@dataclass(frozen=True)
class Metric:
    """One line.

    `step` counts the steps of the optimiser that are done, of the `steps` of the run. `loss` is the mean over
    the target tokens, in nats. `tokens` are all real tokens, padding left out, and `targets` those that the
    loss counts: of the step in training, of the whole set in validation. `seconds` since the run began, the
    parts of a resumed run together. `memory` is the peak in bytes, None where it is not
    known. `rate` and `norm`, that of the gradients before clipping, are None in validation.
    """

    step: int
    steps: int
    kind: Literal["train", "validation"]
    loss: float
    tokens: int
    targets: int
    tokens_per_second: float
    seconds: float
    rate: float | None = None
    norm: float | None = None
    memory: int | None = None


class MetricsWriter:
    """Appends to the metrics of a run. A context manager."""

    def __init__(self, folder: Path, resume_after: int | None = None) -> None:
        """Begins the file anew, or, where a run resumes, drops the lines of steps after `resume_after`.

        Those steps come again; a line that a kill cut goes too. Raises UsageError where it cannot be written.
        """
        self.path = folder / METRICS_FILE
        kept = [] if resume_after is None else [m for m in read_metrics(folder) if m.step <= resume_after]
        try:
            with replacing(self.path) as file:
                file.write("".join(map(_line, kept)).encode())
            self._file = self.path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(
                f"{self.path}: cannot be written ({error.strerror}). Check the folder."
            ) from error

    def write(self, metric: Metric) -> None:
        """Appends a line and hands it to the system at once. Raises UsageError."""
        try:
            self._file.write(_line(metric))
            self._file.flush()
        except OSError as error:
            raise self._no_room(error) from error

    def close(self) -> None:
        """Has the lines on the disk. Raises UsageError."""
        if self._file.closed:
            return
        try:
            with self._file:  # closing writes, once more, what a full disk did not take
                os.fsync(self._file.fileno())
        except OSError as error:
            raise self._no_room(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _no_room(self, error: OSError) -> UsageError:
        return UsageError(f"{self.path}: cannot be written ({error.strerror}). Free some space.")


def read_metrics(folder: Path) -> list[Metric]:
    """The metrics so far, in order; none where there is no file. A last line that is still cut is left out.

    Raises UsageError that names the line where another one is no metric.
    """
    path = folder / METRICS_FILE
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check the folder.") from error
    metrics = []
    # What follows the last line's end is a line still being written.
    for number, line in enumerate(lines[:-1], start=1):
        try:
            raw: dict[str, Any] = json.loads(line)
            metrics.append(Metric(**raw))
        except (ValueError, TypeError) as error:
            raise UsageError(f"{path}: line {number} is no metric ({error}). Remove the line.") from error
    return metrics


def _line(metric: Metric) -> str:
    return json.dumps(asdict(metric), allow_nan=False) + "\n"
