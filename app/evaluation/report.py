"""Scores as a person reads them, and as JSON."""

from typing import Any

from thresher.app.evaluation.score import Scores, Tally

#: Fields of the table; records that bring their own fields may have hundreds. The JSON has them all.
MAX_ROWS = 40


def as_dict(scores: Scores) -> dict[str, Any]:
    """The scores for `--json`: shares between 0 and 1, null where nothing was counted."""
    return {
        **_tally(scores.total),
        "f1_found_only": scores.found_only.f1,
        "records": scores.records,
        "all_right": scores.right,
        "all_right_share": scores.right_share,
        "failed": scores.failed,
        "missing": scores.missing,
        "unasked": scores.unasked,
        "grounded": scores.grounded,
        "groundable": scores.groundable,
        "grounded_share": scores.grounded_share,
        "fields": {name: _tally(counts) for name, counts in scores.fields.items()},
    }


def as_table(scores: Scores) -> str:
    """The scores as lines of text: the whole, what did not go well, and a row a field."""
    total = scores.total
    lines = [
        f"F1 {_figure(total.f1)}   precision {_figure(total.precision)}   recall {_figure(total.recall)}   "
        f"F1 of found values alone {_figure(scores.found_only.f1)}",
        f"every field right in {scores.right} of {scores.records} records ({_percent(scores.right_share)})",
    ]
    if scores.groundable:
        lines.append(
            f"grounded {scores.grounded} of {scores.groundable} values ({_percent(scores.grounded_share)})"
        )
    if scores.failed or scores.missing:
        lines.append(
            f"counted as all absent: {scores.failed} failed records, {scores.missing} without a prediction"
        )
    if scores.unasked:
        lines.append(f"not scored: {scores.unasked} predictions without gold")
    names = list(scores.fields)[:MAX_ROWS]
    width = min(max([len(name) for name in names] + [len("field")]), 48)
    lines += ["", f"{'field':{width}}      F1  precision  recall  support"]
    for name in names:
        counts = scores.fields[name]
        shown = name if len(name) <= width else name[: width - 1] + "…"
        figures = f"{_figure(counts.precision):>9}  {_figure(counts.recall):>6}  {counts.support:>7}"
        lines.append(f"{shown:{width}}  {_figure(counts.f1):>6}  {figures}")
    if left := len(scores.fields) - len(names):
        lines.append(f"… and {left} more fields, which --json lists")
    return "\n".join(lines)


def _tally(counts: Tally) -> dict[str, Any]:
    return {
        "f1": counts.f1,
        "precision": counts.precision,
        "recall": counts.recall,
        "support": counts.support,
        "tp": counts.tp,
        "fp": counts.fp,
        "fn": counts.fn,
    }


def _figure(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
