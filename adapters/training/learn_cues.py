"""Labels → the cues of their booleans: a logistic regression on words and pairs, of runs that it finds.

A label says that a contract has a clause, not where. So the weights say which run of words in each document
is the heaviest, the regression is fitted to what these have, and both in turn: multiple-instance learning
(MI-SVM: Andrews, Tsochantaridis and Hofmann, 2003), here with the heaviest run of the others, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.cues import LONG, Cues
from thresher.adapters.field_words import said_by
from thresher.adapters.fields import left_to_model
from thresher.adapters.logistic import fit
from thresher.adapters.manifest import CuesByType
from thresher.adapters.training.cue_texts import CueTexts, cue_texts
from thresher.adapters.training.cue_weights import BIAS, CUES, LEAST, MOST, telling, weighed
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_counted import learn_counted
from thresher.adapters.training.learn_dates import learn_dates
from thresher.adapters.training.learn_windows import learn_windows
from thresher.adapters.training.named_cues import named_cues
from thresher.adapters.training.read_sets import ReadSet, by_record_type

#: Times that runs and weights are found in turn; eight were no better than four.
_TURNS = 4
#: The deviation of the normal prior of what a run is worth.
_SLOPE = 1.0
#: Parts of a nat in which a text's runs are compared.
_WHOLE = 1e6

#: Of each cue of the texts, in nats.
_Weights = NDArray[np.float64]
_Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class _Told:
    """The texts whose labels know a boolean, as rows of all texts, and which of these say true."""

    rows: list[int]
    truth: NDArray[np.bool_]


def cues_of_sets(sets: Sequence[ReadSet], before: CuesByType) -> CuesByType:
    """Those of all sets that are of a record type, learnt of what is trained on.

    Of booleans none where the texts are mostly short. `before` are the parent's: what was learnt of more
    labels stays.
    """
    cues = {name: dict(each) for name, each in before.items()}
    for name, own in by_record_type(sets).items():
        fresh = learn_counted(own) | learn_dates(own) | learn_windows(own)
        if own and median(len(label.text) for label in own) > LONG:
            fresh |= learn_cues(own)
        for field, learnt in fresh.items():
            known = cues.setdefault(name, {})
            if field not in known or known[field].labels <= learnt.labels:
                known[field] = learnt
    return cues


def without_cued(one: ReadSet, cues: CuesByType) -> ReadSet:
    """The set without the fields that have cues, which use does not ask of a model.

    A label of such fields alone stays as it is, so that there is something to train on.
    """
    own, sides = own_cues(one, cues), one.sides
    train, validation = ([_uncued(label, own) for label in side] for side in (sides.train, sides.validation))
    return replace(one, sides=replace(sides, train=tuple(train), validation=tuple(validation)))


def own_cues(one: ReadSet, cues: CuesByType) -> Mapping[str, Cues]:
    """Those of the set's record type, by field."""
    name = one.record_type
    return cues.get(name, {}) if name else {}


def _uncued(label: Label, cues: Mapping[str, Cues]) -> Label:
    left = left_to_model(label.fields, cues)
    names = {field.name for field in left}
    values = {name: value for name, value in label.values.items() if name in names}
    return replace(label, fields=left, values=values) if values else label


def learn_cues(labels: Sequence[Label]) -> dict[str, Cues]:
    """The cues of each boolean that enough of these labels call true and enough call false."""
    told_of = labels[:MOST]
    booleans = _booleans(told_of)
    known = {name: told for name in booleans if (told := _told(told_of, name)) is not None}
    if not known:
        return {}
    texts = cue_texts([label.text for label in told_of])
    return {name: _learnt(texts, told, named_cues(texts, booleans[name])) for name, told in known.items()}


def _booleans(labels: Sequence[Label]) -> dict[str, set[str]]:
    """The booleans by their names, each with the stems of what labels say that it is."""
    said: dict[str, set[str]] = {}
    for field in (field for label in labels for field in label.fields if field.type == "boolean"):
        said.setdefault(field.name, set()).update(said_by(field))
    return dict(sorted(said.items()))


def _told(labels: Sequence[Label], name: str) -> _Told | None:
    """What the labels tell of a boolean; None of too few."""
    rows = [row for row, label in enumerate(labels) if name in label.values]
    truth = np.array([labels[row].values[name] is True for row in rows], dtype=np.bool_)
    return _Told(rows, truth) if min(truth.sum(), (~truth).sum()) >= LEAST else None


def _learnt(texts: CueTexts, told: _Told, named: _Flags) -> Cues:
    """The cues of one boolean, which names some of the texts' cues itself."""
    has = texts.has[told.rows]
    # What it names is looked for from the first, whatever the labels tell: the clause is where that stands.
    chosen = sorted({*_chosen(has, told.truth), *np.flatnonzero(named).tolist()})
    weights = np.zeros(len(texts.cues))
    weights[chosen] = weighed(has[:, chosen], told.truth, named[chosen])[1:]
    weights = _in_turns(texts, told, named, chosen, weights)
    # Words of the clause that stand elsewhere, too, tell in its run alone.
    near = _chosen(_runs(texts, told, weights).has, told.truth)
    weights = _in_turns(texts, told, named, sorted({*chosen, *near}), weights)
    kept = sorted(np.argsort(-weights, kind="stable")[:CUES].tolist())
    weights = _in_turns(texts, told, named, kept, weights)
    # As the regression saw the runs that its weights chose, they are worth less elsewhere.
    weigh = _runs(texts, told, weights).weigh
    inputs = np.stack([np.ones(len(weigh)), weigh], axis=1)
    prior = np.array([0.0, 1.0]), np.array([BIAS, _SLOPE])
    bias, slope = fit(inputs, told.truth, *prior, np.array([False, True])).tolist()
    rounded = {texts.cues[cue]: round(weights[cue] * slope, 3) for cue in kept}
    told_by = {cue: weight for cue, weight in rounded.items() if weight > 0}
    return Cues(labels=len(told.rows), bias=round(bias, 3), weights=told_by)


def _in_turns(
    texts: CueTexts, told: _Told, named: _Flags, chosen: Sequence[int], weights: _Weights
) -> _Weights:
    """The weights of these cues, fitted to the heaviest runs by them; those of others are 0."""
    now = np.zeros_like(weights)
    now[chosen] = weights[chosen]
    for _ in range(_TURNS):
        has = _runs(texts, told, now).has[:, chosen]
        # Half of the way: else two runs of a text may take turns for ever.
        now[chosen] = (now[chosen] + weighed(has, told.truth, named[chosen])[1:]) / 2
    return now


def _chosen(has: NDArray[np.bool_], truth: NDArray[np.bool_]) -> list[int]:
    """Of the cues, which `has` says of each text, in the shape (texts, cues), those that tell the most."""
    return telling(has[truth].sum(axis=0), has[~truth].sum(axis=0), truth)


@dataclass(frozen=True)
class _Runs:
    """The heaviest runs of the texts that are told of: what each weighs, in nats, and which cues it has."""

    weigh: NDArray[np.float64]
    has: NDArray[np.bool_]


def _runs(texts: CueTexts, told: _Told, weights: _Weights) -> _Runs:
    # Whole numbers, so that what weighs the same is equal.
    whole = np.rint(weights * _WHOLE).astype(np.int64)
    firsts, weigh = zip(*(texts.heaviest(row, whole) for row in told.rows), strict=True)
    return _Runs(np.array(weigh) / _WHOLE, texts.runs(told.rows, firsts))
