"""A comparison as a person reads it, and as JSON."""

from typing import Any

from thresher.app.evaluation.compare import Comparison, Difference
from thresher.app.evaluation.report import MAX_ROWS


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """The comparison for `--json`: numbers are null where there was nothing to count."""
    return {
        **_difference(comparison.total),
        "documents": comparison.documents,
        "records": comparison.records,
        "became_right": comparison.became_right,
        "became_wrong": comparison.became_wrong,
        "documents_needed": comparison.needed,
        "fields": {name: _difference(field) for name, field in comparison.fields.items()},
    }


def as_table(comparison: Comparison, first: str, second: str) -> str:
    """The comparison as lines of text: the whole, the records that changed, and a row a field."""
    records = comparison.records
    right, wrong = comparison.became_right, comparison.became_wrong
    lines = [
        f"{first} beside {second}: {figures(comparison.total)}",
        f"of {records} records {right} became right ({_share(right, records)}) and {wrong} wrong "
        f"({_share(wrong, records)})",
    ]
    needed = comparison.needed
    if needed is not None and needed > comparison.documents:
        lines.append(
            f"the interval reaches zero: {comparison.documents} documents do not tell the two apart, about "
            f"{needed} would at this difference"
        )
    names = list(comparison.fields)[:MAX_ROWS]
    width = min(max([len(name) for name in names] + [len("field")]), 48)
    lines += ["", f"{'field':{width}}   first  second  difference  {'at 95 %':>16}  support"]
    for name in names:
        field = comparison.fields[name]
        shown = name if len(name) <= width else name[: width - 1] + "…"
        lines.append(
            f"{shown:{width}}  {_figure(field.f1):>6}  {_figure(field.other):>6}  "
            f"{_signed(field.difference):>10}  {_interval(field):>16}  {field.support:>7}"
        )
    if left := len(comparison.fields) - len(names):
        lines.append(f"… and {left} more fields, which --json lists")
    return "\n".join(lines)


def figures(one: Difference) -> str:
    """'F1 0.812, other 0.760, +0.052 (+0.020 to +0.085)'."""
    if one.difference is None:
        return f"F1 {_figure(one.f1)}, other {_figure(one.other)}"
    between = f" ({_interval(one)} at 95 %)" if one.interval else ""
    return f"F1 {_figure(one.f1)}, other {_figure(one.other)}, difference {_signed(one.difference)}{between}"


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "f1": one.f1,
        "other_f1": one.other,
        "difference": one.difference,
        "interval": None if one.interval is None else list(one.interval),
        "support": one.support,
    }


def _interval(one: Difference) -> str:
    return "–" if one.interval is None else f"{one.interval[0]:+.3f} to {one.interval[1]:+.3f}"


def _signed(number: float | None) -> str:
    return "–" if number is None else f"{number:+.3f}"


def _figure(number: float | None) -> str:
    return "–" if number is None else f"{number:.3f}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
