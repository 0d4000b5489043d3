"""The learning rate: where it starts from for a base of some width, and how it runs over the steps."""

import math

#: A good peak rate at two widths, in (hidden size, rate): rank 8 on all linear layers of an 8B model and of
#: the starter.
_WIDE, _NARROW = (4096, 2e-4), (576, 2e-3)


def default_learning_rate(hidden_size: int) -> float:
    """The peak rate for a base of this width: a power law through 2e-4 at 4096 and 2e-3 at 576.

    The best rate falls as a model gets wider. A sweep of short runs was as good at 2e-3 as at 4e-3 for the
    starter, and best at 5e-3 for a base of width 192, where the law says 7e-3 (`docs/training.md`). It is a
    start: a sweep on the labels at hand goes before it.
    """
    exponent = math.log(_NARROW[1] / _WIDE[1]) / math.log(_WIDE[0] / _NARROW[0])
    return float(_WIDE[1] * (_WIDE[0] / hidden_size) ** exponent)


def rate_at(step: int, total: int, peak: float, warm_up: float, floor: float = 0.0) -> float:
    """The rate of step `step`, 0 to `total` - 1: linear over the first `warm_up` share, then a cosine.

    The first step has a rate above 0; the peak is that of the first step after warming up, and the rate
    would reach `floor` * `peak` at step `total`. A pure function, so that a run resumes at any step.
    """
    warm = math.ceil(total * warm_up)
    if step < warm:
        return peak * (step + 1) / (warm + 1)
    share = (step - warm) / max(total - warm, 1)
    return peak * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(share, 1.0))))
