"""A comparison as a person reads it, and as JSON."""

from typing import Any

from thresher.app.evaluation.compare import Comparison, Difference
from thresher.app.evaluation.report import field_table, figure


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
    rows = {
        name: f"{figure(field.f1):>6}  {figure(field.other):>6}  {_signed(field.difference):>10}  "
        f"{_interval(field):>16}  {field.support:>7}"
        for name, field in comparison.fields.items()
    }
    heads = f" first  second  difference  {'at 95 %':>16}  support"
    return "\n".join([*lines, "", *field_table(heads, rows)])


def figures(one: Difference) -> str:
    """'F1 0.812, other 0.760, +0.052 (+0.020 to +0.085)'."""
    if one.difference is None:
        return f"F1 {figure(one.f1)}, other {figure(one.other)}"
    between = f" ({_interval(one)} at 95 %)" if one.interval else ""
    return f"F1 {figure(one.f1)}, other {figure(one.other)}, difference {_signed(one.difference)}{between}"


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


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
