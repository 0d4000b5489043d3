"""Signals of values → how often such a value is right, by a regression fitted on labelled values.

The form is beta calibration (Kull, Silva Filho, Flach, 2017): the logit of the confidence is linear in ln p
and -ln(1-p) of the model's own probability p, with slopes that are not negative. Where OCR read the text, p
is multiplied by the probability that it read the value right. With both slopes at 1 and nothing else the
confidence is p itself, and there the prior has its middle: with no labels the confidence is the model's own
probability, but for items that are said again, and each label moves it. The other signals shift the logit, as
does the field, and again where the value stands behind the document's first window: the parties of a contract
are named at its front.

Of few labels a simpler form tells more of other documents: that without the other signals and fields, or p.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from thresher.adapters.calibration import Group, Weights
from thresher.adapters.logistic import Flags, Floats, fit, sigmoid
from thresher.app.extraction.signals import Signals

#: The name and the prior (mean, deviation) of each input; which may not have a negative weight.
_PRIORS: dict[str, tuple[float, float, bool]] = {
    "bias": (0.0, 1.0, False),
    "log_probability": (1.0, 1.0, True),
    "log_improbability": (1.0, 1.0, True),
    "least": (0.0, 1.0, True),
    "tokens": (0.0, 1.0, False),
    "agreement": (0.0, 2.0, True),
    "normalised": (0.0, 1.0, False),
    "parsed": (0.0, 1.0, False),
    "fuzzy": (0.0, 1.0, False),
    "judged": (0.0, 1.0, False),
    "none": (0.0, 1.0, False),
    "words": (0.0, 3.0, False),
    # Where the fields were learnt 8 of 27 items that were said again were right, else one in ten.
    "repeats": (-1.5, 1.0, False),
    "beside": (0.0, 1.0, True),
}
#: What labels move, the simplest form first: nothing, what the probability is worth, every signal and field.
Form = Literal["own", "probability", "all"]
_MOVED: dict[Form, tuple[str, ...]] = {
    "own": (),
    "probability": ("bias", "log_probability", "log_improbability"),
    "all": tuple(_PRIORS),
}
FORMS = tuple(_MOVED)
_MATCHES = ("normalised", "parsed", "fuzzy", "judged", "none")
assert list(_PRIORS) == list(Weights.model_fields)

#: The deviation of a field's own shift: at 1.5 a dozen documents moved it too far, at 0.5 hundreds hardly.
_FIELD_DEVIATION = 1.0
#: How much of a boolean's words a document has that has neither many nor few.
_SOME_WORDS = 0.5
#: A probability is taken to be no nearer to 0 and 1 than this: beyond it differences mean nothing.
_EDGE = 1e-5


@dataclass(frozen=True)
class Labelled:
    """A value of a document, of which a label says whether it is right.

    `document` is the same for equal texts (see `document_key`): two copies are no more evidence than one.
    """

    document: str
    field: str
    signals: Signals
    right: bool


def fit_group(values: Sequence[Labelled], form: Form = "all") -> Group | None:
    """The weights that these values lead to, without a curve; None where there is no value."""
    if not values:
        return None
    moved = _MOVED[form]
    fields = _shared_fields(values) if form == "all" else []
    later = _shared_fields([value for value in values if value.signals.later]) if form == "all" else []
    right: Flags = np.array([value.right for value in values])
    weights = {name: mean for name, (mean, _, _) in _PRIORS.items()}
    shifts: list[float] = []
    shifts_later: list[float] = []
    if moved:
        columns = [name in moved for name in _PRIORS]
        names = [value.field for value in values]
        names_later = [value.field if value.signals.later else None for value in values]
        inputs = np.hstack(
            [
                _inputs([value.signals for value in values])[:, columns],
                _field_inputs(names, fields),
                _field_inputs(names_later, later),
            ]
        )
        shift = 0.0, _FIELD_DEVIATION, False
        priors = [*(_PRIORS[name] for name in moved), *[shift] * (len(fields) + len(later))]
        mean, deviation, positive = (np.array(column) for column in zip(*priors, strict=True))
        fitted = fit(inputs, right, mean.astype(float), deviation.astype(float), positive.astype(bool))
        parts = np.split(fitted, [len(moved), len(moved) + len(fields)])
        of_inputs, shifts, shifts_later = (part.tolist() for part in parts)
        weights |= dict(zip(moved, of_inputs, strict=True))
    return Group(
        weights=Weights(**weights),
        fields=dict(zip(fields, shifts, strict=True)),
        later=dict(zip(later, shifts_later, strict=True)),
        values=len(values),
        right=int(right.sum()),
        windows=min((v.signals.windows for v in values if v.signals.windows is not None), default=None),
    )


def confidences(group: Group, fields: Sequence[str], signals: Sequence[Signals]) -> list[float]:
    """The confidence of each value, between 0 and 1, given its field and its signals."""
    weights = np.array([getattr(group.weights, name) for name in _PRIORS])
    shifts = np.array(
        [
            group.fields.get(field, 0.0) + (group.later.get(field, 0.0) if each.later else 0.0)
            for field, each in zip(fields, signals, strict=True)
        ]
    )
    return [float(each) for each in sigmoid(_inputs(signals) @ weights + shifts)]


def _inputs(signals: Sequence[Signals]) -> Floats:
    """Shape (values, inputs), in the order of `_PRIORS`."""
    rows = []
    for each in signals:
        # That it is what the text says, and that the text is what the page says.
        chance = each.sureness.probability * (1.0 if each.ocr is None else each.ocr)
        chance = min(max(chance, _EDGE), 1 - _EDGE)
        rows.append(
            [
                1.0,
                math.log(chance),
                -math.log1p(-chance),
                max(each.sureness.least, math.log(_EDGE)),
                math.log1p(each.sureness.tokens),
                each.agreement - 1,
                *(float(not each.absent and each.stated == match) for match in _MATCHES),
                0.0 if each.words is None else each.words - _SOME_WORDS,
                float(each.repeats),
                each.beside or 0.0,
            ]
        )
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(_PRIORS))


def _shared_fields(values: Sequence[Labelled]) -> list[str]:
    """The fields of which several documents tell: of one alone nothing is learnt for others."""
    where: dict[str, set[str]] = {}
    for value in values:
        where.setdefault(value.field, set()).add(value.document)
    return sorted(field for field, documents in where.items() if len(documents) > 1)


def _field_inputs(names: Sequence[str | None], fields: Sequence[str]) -> Floats:
    """Shape (values, fields): 1 at the value's own field, whose name this is, if it is one of these."""
    places = {name: at for at, name in enumerate(fields)}
    inputs = np.zeros((len(names), len(fields)))
    for row, name in enumerate(names):
        if name in places:
            inputs[row, places[name]] = 1.0
    return inputs
