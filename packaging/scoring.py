"""How good an adapter is that is to ship, and how far its confidence can be trusted.

Both by the user's own commands, in a home of their own: what was answered once is not asked again.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from recipes import Source, write_lines

from thresher.adapters.calibration import Calibration, read_calibrations
from thresher.adapters.manifest import Score
from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.exit_codes import STOPPED
from thresher.adapters.training.labels import labels_fingerprint, read_labels
from thresher.adapters.training.split import document_key
from thresher.app.locations import Locations

#: A field with fewer gold values says little: its score is left out.
_LEAST_SUPPORT = 5
#: Of fewer values a calibration's error is mostly chance.
_ENOUGH_VALUES = 300


class Scorer:
    """Scores and calibrates what is installed in `home`, on one base."""

    def __init__(self, home: Locations, base: str) -> None:
        self._home, self._base = home, base
        # What is doubtful counts too: it is the adapter that is scored.
        home.home.mkdir(parents=True, exist_ok=True)
        home.settings.write_text("state_from: 0\n", "utf-8")

    def score(self, name: str, source: Source) -> Score:
        """On the source's records to be scored on. Raises SystemExit where it was stopped."""
        scored = json.loads(self._thresher("evaluate", "--records", source.scored, name, source))
        asked = find_packs().pick(source.domain, source.record_type)
        gold = read_labels([source.scored], asked.fields, asked.instructions, asked.open_fields, unfit=[])
        return Score(
            domain=source.domain,
            record_type=source.record_type,
            records=scored["records"],
            f1=round(scored["f1"] or 0.0, 4),
            all_right=round(scored["all_right_share"], 4),
            fields={
                field: round(counts["f1"] or 0.0, 4)
                for field, counts in scored["fields"].items()
                if counts["support"] >= _LEAST_SUPPORT
            },
            data=labels_fingerprint(gold),
        )

    def calibrate(self, name: str, source: Source, seen: Iterable[str]) -> Calibration:
        """From labels that no training saw, whose keys are not in `seen`.

        As many as score it, or more where so few have few fields. Where fewer were left over than have enough
        values, from the very records that it is scored on as well. Either way the error that the calibration
        tells is of documents that each fit had not seen. Raises SystemExit where it was stopped.
        """
        keys = set(seen)
        scored = source.scored.read_text("utf-8").splitlines(keepends=True)
        fields = find_packs().pick(source.domain, source.record_type).fields
        enough = -(-_ENOUGH_VALUES // len(fields)) if fields else len(scored)
        lines = [line for path in source.labels for line in path.read_text("utf-8").splitlines(keepends=True)]
        spare = [line for line in lines if document_key(json.loads(line)["input"]) not in keys]
        spare = spare[: max(len(scored), enough)]
        if len(spare) < enough:
            spare += scored
        labels = self._home.home.parent / "made" / "spare" / f"{name}-{source.record_type}.jsonl"
        write_lines(labels, spare)
        said = json.loads(self._thresher("calibrate", "--labels", labels, name, source))
        (made,) = read_calibrations(Path(said["file"]))
        return made

    def _thresher(self, command: str, option: str, labels: Path, name: str, source: Source) -> str:
        start = "from thresher.app.cli.main import main; main()"
        asked = ["--domain", source.domain, "--record-type", source.record_type, option, str(labels)]
        how = ["--model", self._base, "--adapter", name, "--json", "--quiet"]
        environment = {"THRESHER_HOME": str(self._home.home)}
        return run([sys.executable, "-P", "-c", start, command, *asked, *how], (0, 1), environment)


def run(command: Sequence[str], good: tuple[int, ...], environment: dict[str, str] | None = None) -> str:
    """What the command wrote to stdout. Ctrl-C and SIGTERM reach it, and it is waited for.

    Raises SystemExit with its exit code where that is none of `good`.
    """
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})}
    )
    with _passed_on(process):
        said, _ = process.communicate()
    if process.returncode not in good:
        if process.returncode != STOPPED:
            sys.stderr.write(f"failed: {' '.join(command)}\n")
        raise SystemExit(process.returncode if process.returncode > 0 else 1)
    return said


@contextmanager
def _passed_on(process: "subprocess.Popen[str]") -> Iterator[None]:
    """While the process runs, a signal to stop is for it alone: it saves its state and ends by itself."""
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),  # the terminal sends it to both
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
