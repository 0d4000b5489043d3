"""Scores as a person reads them, and as JSON."""

from collections.abc import Mapping
from typing import Any

from thresher.app.evaluation.score import Scores, Tally
from thresher.app.wording import counted

#: Fields of the table; records that bring their own fields may have hundreds. The JSON has them all.
MAX_ROWS = 40
#: Keys of predictions that are named where nothing asks for them. The JSON has them all.
_MAX_KEYS = 8
#: Characters of a field's name in it.
_WIDEST = 48


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
        "with_unknown_keys": scores.with_unknown_keys,
        "unknown_keys": sorted(scores.unknown_keys),
        "grounded": scores.grounded,
        "groundable": scores.groundable,
        "grounded_share": scores.grounded_share,
        "fields": {name: _tally(counts) for name, counts in scores.fields.items()},
    }


def as_table(scores: Scores) -> str:
    """The scores as lines of text: the whole, what did not go well, and a row a field."""
    total = scores.total
    lines = [
        f"F1 {figure(total.f1)}   precision {figure(total.precision)}   recall {figure(total.recall)}   "
        f"F1 of found values alone {figure(scores.found_only.f1)}",
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
    rows = {
        name: f"{figure(counts.f1):>6}  {figure(counts.precision):>9}  {figure(counts.recall):>6}  "
        f"{counts.support:>7}"
        for name, counts in scores.fields.items()
    }
    return "\n".join([*lines, "", *field_table("    F1  precision  recall  support", rows)])


def unknown_keys_words(scores: Scores) -> str | None:
    """Which keys of the predictions are wrong, if any are."""
    if not scores.with_unknown_keys:
        return None
    keys = sorted(scores.unknown_keys)
    more = f" and {len(keys) - _MAX_KEYS} more, which --json lists" if len(keys) > _MAX_KEYS else ""
    have = counted(scores.with_unknown_keys, "prediction has", "predictions have")
    return f"{have} keys that no gold record asks for: {', '.join(map(repr, keys[:_MAX_KEYS]))}{more}"


def field_table(heads: str, rows: Mapping[str, str]) -> list[str]:
    """A line of heads and one a field, of columns that are set; of many fields it says how many more."""
    names = list(rows)[:MAX_ROWS]
    width = min(max(map(len, ("field", *names))), _WIDEST)
    lines = [f"{'field':{width}}  {heads}"]
    for name in names:
        shown = name if len(name) <= width else name[: width - 1] + "…"
        lines.append(f"{shown:{width}}  {rows[name]}")
    if left := len(rows) - len(names):
        lines.append(f"… and {left} more fields, which --json lists")
    return lines


def figure(share: float | None) -> str:
    """A score, or a dash where nothing was counted."""
    return "–" if share is None else f"{share:.3f}"


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


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
