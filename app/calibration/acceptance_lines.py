"""From which confidence on values are accepted unseen, in words."""

import math
from collections.abc import Iterable, Iterator

from thresher.adapters.calibration import Calibration, Group, Step
from thresher.adapters.fields import Field
from thresher.app.calibration.acceptance import first, needed, promised
from thresher.app.calibration.judge import Judge
from thresher.app.wording import counted


def acceptance_lines(judge: Judge, fields: Iterable[Field] = ()) -> Iterator[str]:
    """A line for stated and one for absent values, and one for those of the fields that no label told of.

    None where nothing is to be accepted.
    """
    if judge.wanted is None or judge.calibration is None:
        return
    stated, absent = judge.floors
    for what, group, floor in (
        ("stated values", judge.calibration.stated, stated),
        ("absent values", judge.calibration.absent, absent),
    ):
        yield f"at {judge.wanted:g} {_line(what, group, floor, judge.wanted)}"
    # Documents may ask for fields of one name in several ways.
    if names := dict.fromkeys(field.name for field in fields if judge.is_strange(field)):
        yield f"of {', '.join(names)} none are accepted: no label tells of them as they are asked here"


def offer_lines(calibration: Calibration, shares: tuple[float, ...]) -> Iterator[str]:
    """What a calibration would let pass at each share of right values."""
    for wanted in shares:
        yield from acceptance_lines(Judge(calibration, wanted))


def _line(what: str, group: Group | None, floor: Step | None, wanted: float) -> str:
    if group is None or not group.curve:
        return f"no {what} are accepted: no label tells of them"
    if floor is not None:
        return (
            f"{what} are accepted from a confidence of {floor.confidence:.3f}: {group.share(floor):.0%} of "
            f"those labelled, {floor.right} of {floor.values} right"
        )
    if group.values < needed(wanted):
        return (
            f"no {what} are accepted: {counted(group.values, 'labelled one')} cannot promise it, which takes "
            f"{needed(wanted)} at the least"
        )
    tried = first(group.curve, wanted)
    share = math.floor(1000 * promised(tried)) / 1000
    return (
        f"no {what} are accepted: {tried.right} right of the {tried.values} surest labelled ones "
        f"promise no more than {share:.3f}"
    )
