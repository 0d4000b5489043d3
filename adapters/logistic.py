"""Logistic regression with a prior: few labels move it little, many decide. Knows no value and no signal.

The weights are the most probable ones under independent normal priors (maximum a posteriori). Some may not
be negative. The objective is strictly convex, so there is one answer, whatever the order of the rows.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_STEPS = 100
_TOLERANCE = 1e-9


def sigmoid(scores: Floats) -> Floats:
    """1 / (1 + exp(-scores)), without overflow."""
    half = np.tanh(scores / 2)
    return np.asarray((1 + half) / 2)


def fit(inputs: Floats, right: Flags, mean: Floats, deviation: Floats, positive: Flags) -> Floats:
    """The weights, of shape (inputs,).

    `inputs` has shape (rows, inputs), `right` (rows,). `mean` and `deviation` are the priors', `positive`
    marks the weights that may not be negative; all three have shape (inputs,), and `mean` keeps the bound.
    """
    weights = mean.astype(np.float64).copy()
    # An active set: weights at their bound stay there until the slope leads away from it.
    bound = np.zeros(weights.shape, dtype=bool)
    for _ in range(_STEPS):
        gradient, curvature = _slopes(weights, inputs, right, mean, deviation)
        bound = positive & (weights <= 0) & (gradient > 0)
        free = ~bound
        if np.abs(gradient[free]).max(initial=0.0) < _TOLERANCE * max(len(right), 1):
            break
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        before = weights
        weights = _descend(weights, step, gradient, inputs, right, mean, deviation, positive)
        if np.array_equal(before, weights):
            break  # no number between them is better
    return weights


def _descend(weights: Floats, step: Floats, gradient: Floats, *problem: Any) -> Floats:
    """The farthest of halved steps that is a real descent; what would leave its bound stops there."""
    *rest, positive = problem
    before = _loss(weights, *rest)
    share = 1.0
    while share > 1e-12:
        tried = weights - share * step
        tried = np.where(positive, np.maximum(tried, 0.0), tried)
        if _loss(tried, *rest) <= before - 1e-4 * float(gradient @ (weights - tried)):
            return tried
        share /= 2
    return weights


def _loss(weights: Floats, inputs: Floats, right: Flags, mean: Floats, deviation: Floats) -> float:
    """Minus the logarithm of the posterior, but for a constant."""
    scores = inputs @ weights
    likelihood = np.logaddexp(0, np.where(right, -scores, scores)).sum()
    return float(likelihood + (((weights - mean) / deviation) ** 2).sum() / 2)


def _slopes(
    weights: Floats, inputs: Floats, right: Flags, mean: Floats, deviation: Floats
) -> tuple[Floats, Floats]:
    chances = sigmoid(inputs @ weights)
    gradient = inputs.T @ (chances - right) + (weights - mean) / deviation**2
    curvature = (inputs.T * (chances * (1 - chances))) @ inputs + np.diag(1 / deviation**2)
    return gradient, curvature
