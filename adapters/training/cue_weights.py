"""Which cues tell, and what each weighs: what cues of booleans and of dates that are counted share.

Knows no text and no label.
"""

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.logistic import fit
from thresher.adapters.training.cue_texts import DOCUMENTS

#: So many labels must say true, and so many false: of fewer, words that stand there by chance tell as much.
LEAST = 10
#: Labels that are looked at; more would tell little, and take memory for the words of each.
MOST = 1000
#: So many are chosen, and kept; a hundred were no better on 282 contracts.
CUES = 60
#: The deviations of the normal priors, in nats: of the bias, and of each cue.
BIAS, _CUE = 10.0, 0.5
#: The mean of the prior of a word that the field names, in nats; of any other it is 0.
_NAMED = 0.5


def telling(true: NDArray[np.int64], false: NDArray[np.int64], truth: NDArray[np.bool_]) -> list[int]:
    """Of the cues that go with true those of the largest information gain, by number.

    `true` and `false`, of shape (cues,), count the texts that have each, of those that `truth` calls so.
    """
    trues, falses = int(truth.sum()), int((~truth).sum())
    speaks = (true * falses > false * trues) & (true + false >= DOCUMENTS)
    best = np.argsort(np.where(speaks, -_gain(true, false, trues, falses), 0.0), kind="stable")[:CUES]
    return [at for at in best.tolist() if speaks[at]]


def weighed(
    has: NDArray[np.bool_], truth: NDArray[np.bool_], named: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The bias and the weight of each cue, by what each text has of them, of shape (texts, cues).

    `named`, of shape (cues,), marks those that the field names: they are worth something before any label.
    """
    inputs = np.hstack([np.ones((len(has), 1)), has]).astype(np.float64)
    mean = np.array([0.0, *np.where(named, _NAMED, 0.0)])
    deviation = np.array([BIAS, *[_CUE] * has.shape[1]])
    # Of words that stand together one may come out as speaking against what both speak for.
    positive = np.array([False, *[True] * has.shape[1]])
    return fit(inputs, truth, mean, deviation, positive)


def _gain(true: NDArray[np.int64], false: NDArray[np.int64], trues: int, falses: int) -> NDArray[np.float64]:
    """The information gain, in bits, of each cue, which so many true and so many false documents have."""
    count, having = trues + falses, true + false
    lacking = count - having
    with_it = having / count * _entropy(true / np.maximum(having, 1))
    without = lacking / count * _entropy((trues - true) / np.maximum(lacking, 1))
    return np.asarray(_entropy(np.array(trues / count)) - with_it - without)


def _entropy(share: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.clip(share, 1e-12, 1 - 1e-12)
    return np.asarray(-(kept * np.log2(kept) + (1 - kept) * np.log2(1 - kept)))
