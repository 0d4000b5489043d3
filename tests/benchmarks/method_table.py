"""The results of bench_methods.py as a Markdown table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from method_runs import WAYS
from numpy.typing import NDArray
from results import markdown

DRAWS = 10_000


def table(results: Sequence[dict[str, Any]]) -> str:
    """The results in the order of the list.

    F1 stands beside its distance from that of LoRA at rank 8, at the same rate or the first, with the middle
    95 % of that distance over documents drawn again: one that has zero within may be chance.
    """
    titles = ["way", "rate", "numbers trained", "of the base", "F1", "F1 less lora-8's", "all right"]
    titles += ["seconds", "processor", "GB", "perplexity"]
    rows = []
    order = list(WAYS)
    by_name = {one["name"]: one for one in results}
    for one in sorted(results, key=lambda one: order.index(one["name"])):
        cells = [one["name"], f"{one['rate']:g}" if "rate" in one else "", f"{one['parameters']:,}"]
        cells += [f"{100 * one['parameters'] / one['base']:.2f} %", f"{one['f1'] or 0:.3f}"]
        beside = by_name.get(WAYS[one["name"]].beside)
        cells += ["" if beside in (None, one) else _distance(one, beside), f"{100 * one['all_right']:.0f} %"]
        cells += [f"{one[key]:.0f}" if key in one else "" for key in ("seconds", "processor")]
        cells += [f"{one['memory'] / 1e9:.2f}" if "memory" in one else ""]
        cells += [f"{one['perplexity']:.2f}" if "perplexity" in one else ""]
        rows.append(cells)
    return markdown(titles, rows)


def _distance(one: dict[str, Any], other: dict[str, Any] | None) -> str:
    """How much better, and between what, over the same documents."""
    assert other is not None
    mine, theirs = (np.array(each["tallies"], dtype=np.float64) for each in (one, other))
    if mine.shape != theirs.shape:
        return ""
    # The stream is fixed: the same table from the same results.
    draw = np.random.Generator(np.random.Philox(key=[7, 0])).integers(len(mine), size=(DRAWS, len(mine)))
    low, high = np.quantile(_f1(mine[draw].sum(1)) - _f1(theirs[draw].sum(1)), (0.025, 0.975))
    return f"{_f1(mine.sum(0)) - _f1(theirs.sum(0)):+.3f} ({low:+.3f} to {high:+.3f})"


def _f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of true positives, false positives and false negatives in the last axis."""
    tp, fp, fn = np.moveaxis(counts, -1, 0)
    f1: NDArray[np.float64] = 2 * tp / np.maximum(2 * tp + fp + fn, 1)
    return f1
