"""How far confidences can be trusted, as a person reads it and as JSON."""

from collections.abc import Sequence
from typing import Any

from thresher.app.evaluation.calibration import (
    brier_score,
    error_if_perfect,
    expected_calibration_error,
    reliability,
)
from thresher.app.evaluation.judged import Judged
from thresher.app.evaluation.risk_coverage import area, coverage_at, risk_coverage, thinned

#: Shares of right values at which the coverage is told.
WANTED = (0.9, 0.95, 0.98, 0.99)
#: Points of the curve that are told.
_POINTS = 10
_BAR = 24


def as_dict(judged: Sequence[Judged]) -> dict[str, Any]:
    """For `--json`: key `confidence`; its parts are of all values, of stated and of absent ones."""
    known = [one for one in judged if one.confidence is not None]
    told = {
        "calibrated": bool(known) and all(one.calibrated for one in known),
        **_part(known),
        "stated": _part([one for one in known if one.stated]),
        "absent": _part([one for one in known if not one.stated]),
        "accepted": _accepted(judged),
    }
    return {"confidence": told}


def as_table(judged: Sequence[Judged]) -> str:
    """Lines of text; "" where no confidence is known."""
    told = as_dict(judged)["confidence"]
    if not told["values"]:
        return ""
    what = "calibrated" if told["calibrated"] else "not calibrated: the model's own probability"
    lines = ["", f"confidence ({what}) of {told['values']} values, items of lists one by one"]
    for name, part in (("all", told), ("stated", told["stated"]), ("absent", told["absent"])):
        if part["values"]:
            lines.append(
                f"  {name:7} right {part['right_share']:6.1%}   calibration error {part['ece']:.3f} (chance "
                f"alone {part['ece_if_perfect']:.3f})   area under risk and coverage {part['aurc']:.3f}"
            )
    if accepted := told["accepted"]:
        share = f": {accepted['right_share']:.1%} of them right" if accepted["values"] else ""
        lines.append(f"  accepted unseen {accepted['values']} of {accepted['of']}{share}")
    lines += ["", "   says   right  values      the surest  from  wrong"]
    worst = max((point["risk"] for point in told["curve"]), default=0) or 1
    for at in range(max(len(told["reliability"]), len(told["curve"]))):
        left = right = ""
        if at < len(told["reliability"]):
            each = told["reliability"][-1 - at]
            left = f"{each['confidence']:7.3f} {each['right']:7.3f} {each['values']:7}"
        if at < len(told["curve"]):
            point = told["curve"][at]
            bar = "█" * round(_BAR * point["risk"] / worst)
            right = f"{point['coverage']:10.0%} {point['from']:5.2f} {point['risk']:6.1%} {bar}"
        lines.append(f"{left:23}      {right}".rstrip())
    return "\n".join(lines)


def _part(judged: Sequence[Judged]) -> dict[str, Any]:
    """Figures of some values; null where there is none."""
    said = [one.confidence for one in judged if one.confidence is not None]
    right = [one.right for one in judged]
    points = risk_coverage(said, right)
    at = {f"{wanted:g}": coverage_at(points, wanted) for wanted in WANTED}
    return {
        "values": len(said),
        "right_share": sum(right) / len(right) if right else None,
        "ece": expected_calibration_error(said, right),
        "ece_if_perfect": error_if_perfect(said),
        "brier": brier_score(said, right),
        "aurc": area(points),
        "coverage_at": {name: point.coverage if point else 0.0 for name, point in at.items()},
        "reliability": [
            {"confidence": each.confidence, "right": each.right, "values": each.values}
            for each in reliability(said, right)
        ],
        "curve": [
            {"from": point.confidence, "coverage": point.coverage, "risk": point.risk}
            for point in thinned(points, _POINTS)
        ],
    }


def _accepted(judged: Sequence[Judged]) -> dict[str, Any] | None:
    """What was accepted unseen, and how it did; None where nothing was asked to be."""
    asked = [one for one in judged if one.accepted is not None]
    taken = [one for one in asked if one.accepted]
    if not asked:
        return None
    return {
        "of": len(asked),
        "values": len(taken),
        "right_share": sum(one.right for one in taken) / len(taken) if taken else None,
    }
