"""Labels → the cues of their booleans: a logistic regression on the words and pairs that tell the most."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.cues import Cues, pair_of, told, words_of
from thresher.adapters.logistic import fit
from thresher.adapters.manifest import CuesByType, type_name
from thresher.adapters.training.labels import Label
from thresher.adapters.training.read_sets import ReadSet

#: So many labels must say true, and so many false: of fewer, words that stand there by chance tell as much.
_LEAST = 10
#: A cue is in at least so many documents: what is in few is a name, and would tell whose they were.
_DOCUMENTS = 6
#: Five and forty told a little less of 282 contracts, cross-validated, than twenty.
_CUES = 20
#: Labels that are looked at; more would tell little, and take memory for the words of each.
_MOST = 1000
#: The deviations of the normal priors, in nats: of the bias, and of each cue.
_BIAS, _CUE = 10.0, 1.0


@dataclass(frozen=True)
class _Found:
    """Which documents have which words and pairs: `has` is of shape (documents, cues)."""

    cues: list[str]
    has: NDArray[np.bool_]


def cues_of_sets(sets: Sequence[ReadSet], before: CuesByType) -> CuesByType:
    """Those of all sets that are of a record type, learnt of what is trained on.

    `before` are the parent's: what was learnt of more labels stays.
    """
    labels: dict[str, list[Label]] = {}
    for one in sets:
        if one.pack is not None:
            name = type_name(one.pack.domain, *one.pack.record_types)
            labels.setdefault(name, []).extend(one.sides.train)
    cues = {name: dict(each) for name, each in before.items()}
    for name, own in labels.items():
        for field, learnt in learn_cues(own).items():
            known = cues.setdefault(name, {})
            if field not in known or known[field].labels <= learnt.labels:
                known[field] = learnt
    return cues


def learn_cues(labels: Sequence[Label]) -> dict[str, Cues]:
    """The cues of each boolean that enough of these labels call true and enough call false."""
    told_of = labels[:_MOST]
    truths = {name: values for name in _booleans(told_of) if (values := _truth(told_of, name)) is not None}
    if not truths:
        return {}
    texts = [label.text for label in told_of]
    found = _found(texts)
    whole = {name: _fitted(found, known, truth) for name, (known, truth) in truths.items()}
    runs = [told(text, whole) for text in texts]
    return {
        name: _of_runs(cues, np.array([each[name].log_odds for each in runs]), *truths[name])
        for name, cues in whole.items()
    }


def _booleans(labels: Sequence[Label]) -> list[str]:
    return sorted({field.name for label in labels for field in label.fields if field.type == "boolean"})


def _truth(labels: Sequence[Label], name: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """Which labels know the boolean, and which say true, both of shape (labels,); None of too few."""
    known = np.array([name in label.values for label in labels])
    truth = np.array([label.values.get(name) is True for label in labels])
    return (known, truth) if min(truth.sum(), (known & ~truth).sum()) >= _LEAST else None


def _found(texts: Sequence[str]) -> _Found:
    """What is in enough of the texts. They are read three times, as all their words take much memory."""
    often = _frequent(set(words_of(text)) for text in texts)
    cues = sorted(_frequent(_made_of(often, text) for text in texts))
    places = {cue: at for at, cue in enumerate(cues)}
    has = np.zeros((len(texts), len(cues)), dtype=np.bool_)
    for row, text in enumerate(texts):
        has[row, [places[cue] for cue in _made_of(often, text) if cue in places]] = True
    return _Found(cues, has)


def _made_of(often: set[str], text: str) -> set[str]:
    """The text's words that are among these, and its pairs of such: no other pair can be in enough texts."""
    words = words_of(text)
    both = {two for two in pairwise(words) if often.issuperset(two)}
    return {*often.intersection(words), *(pair_of(*two) for two in both)}


def _frequent(each: Iterable[set[str]]) -> set[str]:
    counts: Counter[str] = Counter()
    for one in each:
        counts.update(one)
    return {cue for cue, count in counts.items() if count >= _DOCUMENTS}


def _fitted(found: _Found, known: NDArray[np.bool_], truth: NDArray[np.bool_]) -> Cues:
    """Of the words and pairs that go with true those that tell the most, weighed by whole documents."""
    true, false = found.has[known & truth].sum(axis=0), found.has[known & ~truth].sum(axis=0)
    trues, falses = int((known & truth).sum()), int((known & ~truth).sum())
    gain = _gain(true, false, trues, falses)
    speaks = (true * falses > false * trues) & (true + false >= _DOCUMENTS)
    best = np.argsort(np.where(speaks, -gain, 0.0), kind="stable")[:_CUES]
    chosen = [int(at) for at in best if speaks[at]]
    rows = int(known.sum())
    inputs = np.hstack([np.ones((rows, 1)), found.has[known][:, chosen]]).astype(np.float64)
    deviation = np.array([_BIAS, *[_CUE] * len(chosen)])
    # Of words that stand together one may come out as speaking against what both speak for.
    positive = np.array([False, *[True] * len(chosen)])
    weighed = fit(inputs, truth[known], np.zeros(len(deviation)), deviation, positive)
    bias, *weights = weighed.tolist()
    each = zip((found.cues[at] for at in chosen), weights, strict=True)
    return Cues(labels=rows, bias=bias, weights={cue: weight for cue, weight in each if weight > 0})


def _of_runs(
    cues: Cues, log_odds: NDArray[np.float64], known: NDArray[np.bool_], truth: NDArray[np.bool_]
) -> Cues:
    """The same cues, weighed so that the run of words that has the most tells the odds.

    `log_odds` are those of each document by its heaviest run, while the cues' weights are of whole documents.
    """
    inputs = np.stack([np.ones(known.sum()), log_odds[known] - cues.bias], axis=1)
    prior = np.array([0.0, 1.0]), np.array([_BIAS, _CUE])
    bias, slope = fit(inputs, truth[known], *prior, np.array([False, True])).tolist()
    weights = {cue: round(weight * slope, 3) for cue, weight in cues.weights.items()}
    kept = {cue: weight for cue, weight in weights.items() if weight > 0}
    return Cues(labels=cues.labels, bias=round(bias, 3), weights=kept)


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
