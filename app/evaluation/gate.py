"""The gate: whether a candidate may take the place of the adapter that is live. Knows no store.

A candidate passes where its F1 on labels that were held back is higher, with the whole interval above zero,
and no field that matters falls. What cannot be told from the labels that there are is said as such, with how
many would tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from thresher.app.evaluation.compare import Comparison, Difference
from thresher.app.evaluation.comparison_report import as_dict as comparison_dict
from thresher.app.evaluation.comparison_report import figures
from thresher.app.wording import counted

Ruling = Literal["passes", "fails", "unproved"]

#: Fewer documents prove nothing: the interval of fewer is too narrow for what it says (docs/evaluation.md).
MIN_DOCUMENTS = 20
#: A field matters where the gold has so many values of it.
FIELD_SUPPORT = 10
#: A field that falls by more is no chance that is let pass, even where the labels cannot tell.
FALL = 0.05


@dataclass(frozen=True)
class Verdict:
    """What the gate says of `adapter`, held against `against`; None where the base alone was live.

    `reasons` say why it does not pass; there are none where it does. `notes` say what else to know. `more` is
    how many more documents would tell; None where it passes, or where no number would.
    """

    outcome: Ruling
    adapter: str
    against: str | None
    comparison: Comparison
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    more: int | None


def judge(
    comparison: Comparison,
    adapter: str,
    against: str | None,
    doubts: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Verdict:
    """The verdict. `doubts` say why the comparison proves nothing, whatever it is: it cannot pass then."""
    total, documents = comparison.total, comparison.documents
    wrong: list[str] = []
    open_: list[str] = list(doubts)
    needed = [MIN_DOCUMENTS]
    if documents < MIN_DOCUMENTS:
        open_.append(
            f"{counted(documents, 'document')} held back, and fewer than {MIN_DOCUMENTS} prove nothing"
        )
        needed.append(comparison.needed or 0)
    elif total.difference is None or not total.support:  # F1 of no values is 0, however many are wrong
        open_.append("the labels that were held back state no value")
    elif total.difference <= 0:
        wrong.append("it is not better")
    elif not total.is_above:
        open_.append("the interval reaches zero: the difference may be chance")
        needed.append(comparison.needed or 0)
    if documents >= MIN_DOCUMENTS:
        for name, field in _falling(comparison):
            if field.is_below:
                wrong.append(f"{name} falls: {figures(field)}")
            else:
                open_.append(f"{name} falls, perhaps by chance: {figures(field)}")
                needed.append(field.needed(documents) or 0)
    outcome: Ruling = "fails" if wrong else "unproved" if open_ else "passes"
    more = max(needed) - documents
    return Verdict(
        outcome,
        adapter,
        against,
        comparison,
        (*wrong, *open_),
        (*_unjudged(comparison), *notes),
        more if outcome == "unproved" and not doubts and more > 0 else None,
    )


def as_dict(verdict: Verdict) -> dict[str, Any]:
    """The verdict for `--json` and for the store."""
    return {
        "outcome": verdict.outcome,
        "adapter": verdict.adapter,
        "against": verdict.against,
        "reasons": list(verdict.reasons),
        "notes": list(verdict.notes),
        "more": verdict.more,
        **comparison_dict(verdict.comparison),
    }


def verdict_lines(verdict: Verdict, share: float) -> Iterator[str]:
    """The verdict as lines of text. `share` is the share of labels that is held back for the proof."""
    comparison = verdict.comparison
    other = verdict.against or "the base alone"
    documents = counted(comparison.documents, "document")
    yield f"{verdict.adapter} beside {other}, on {documents} held back: {figures(comparison.total)}"
    words = {"passes": "it passes the gate", "fails": "it fails the gate", "unproved": "it is not proved"}
    yield words[verdict.outcome] + (f": {'; '.join(verdict.reasons)}" if verdict.reasons else "")
    if verdict.more is not None:
        labels = f", of {verdict.more / share:,.0f} more labels," if share else ""
        yield f"about {counted(verdict.more, 'more document')} held back{labels} would tell"
    for note in verdict.notes:
        yield f"note: {note}"


def _falling(comparison: Comparison) -> Iterator[tuple[str, Difference]]:
    """The fields that matter and fall: surely, or by more than is let pass."""
    for name, field in comparison.fields.items():
        # Rounded: 0.5 less 0.55 is a little more than 0.05 away from zero.
        falls = field.is_below or (field.difference is not None and round(field.difference, 9) < -FALL)
        if falls and field.support >= FIELD_SUPPORT:
            yield name, field


def _unjudged(comparison: Comparison) -> Iterator[str]:
    few = [name for name, field in comparison.fields.items() if field.support < FIELD_SUPPORT]
    if few and len(few) < len(comparison.fields):
        more = f" and {len(few) - 5} more" if len(few) > 5 else ""
        yield f"too few values to judge by themselves (below {FIELD_SUPPORT}): {', '.join(few[:5])}{more}"
