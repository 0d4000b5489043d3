"""The sides of an evaluation: whose records are scored, and the score and comparison told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thresher.app.cli.json_out import echo_json

if TYPE_CHECKING:
    from thresher.app.cli.narration import Narrator
    from thresher.app.evaluation.records import GoldRecord, PredictedRecord


@dataclass
class Side:
    """What is scored: the records of a file, or what an adapter answers, which `save` keeps.

    `answers` are its records, and `about` says who gave them and how fast: nothing of those of a file.
    """

    file: Path | None
    adapter: str | None
    save: Path | None = None
    accept_at: float | None = None
    answers: "list[PredictedRecord]" = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's, else who answered."""
        from thresher.app.wording import answering

        return str(self.file) if self.file else answering(self.about["model"], self.about["adapter"])


def unused_options(sides: Sequence[Side], *, model: str | None, again: bool) -> list[str]:
    """The options given that are for extracting alone, where what they are for is not extracted."""
    first, given = sides[0], dict[str, Any]()
    if first.file is not None:
        given = {"--adapter": first.adapter, "--save": first.save, "--accept-at": first.accept_at}
    if all(side.file is not None for side in sides):
        given |= {"--model": model, "--again": again or None}
    return [option for option, value in given.items() if value is not None]


def tell(
    sides: Sequence[Side],
    gold: "Sequence[GoldRecord]",
    about: Mapping[str, Any],
    narrator: "Narrator",
    *,
    as_json: bool,
) -> None:
    """The score of the first side, and where there are two their comparison, as a table or as JSON."""
    from thresher.app.evaluation import comparison_report, confidence_report
    from thresher.app.evaluation.compare import compare
    from thresher.app.evaluation.judged import judged
    from thresher.app.evaluation.report import as_dict, as_table, unknown_keys_words
    from thresher.app.evaluation.score import score

    first, *others = sides
    scored = [score(gold, side.answers) for side in sides]
    scores, values = scored[0], judged(gold, first.answers)
    for side, of_side in zip(sides, scored, strict=True):
        if side.file is not None and (words := unknown_keys_words(of_side)):
            narrator.notes(f"{side.file}: {words}")
    comparisons = [(other, compare(gold, first.answers, other.answers)) for other in others]
    if as_json:
        told = {**about, **first.about, **as_dict(scores), **confidence_report.as_dict(values)}
        for (other, comparison), of_other in zip(comparisons, scored[1:], strict=True):
            told["against"] = other.about | as_dict(of_other)
            told["comparison"] = comparison_report.as_dict(comparison)
        echo_json(told)
        return
    if first.file is None:
        click.echo(f"answered by {first.name}")
    click.echo(as_table(scores) + confidence_report.as_table(values))
    for other, comparison in comparisons:
        click.echo(f"\n{comparison_report.as_table(comparison, first.name, other.name)}")
