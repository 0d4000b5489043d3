"""Signals of values → how often such a value is right, by a regression fitted on labelled values.

The form is beta calibration (Kull, Silva Filho, Flach, 2017): the logit of the confidence is linear in ln p
and -ln(1-p) of the model's own probability p, with slopes that are not negative. Where OCR read the text, p
is multiplied by the probability that it read the value right. With both slopes at 1 and nothing else the
confidence is p itself, and there the prior has its middle: with no labels the confidence is the model's own
probability, and each label moves it. The other signals and the field shift the logit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thresher.adapters.calibration import Group, Weights
from thresher.app.calibration.logistic import Flags, Floats, fit, sigmoid
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
}
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


def fit_group(values: Sequence[Labelled]) -> Group | None:
    """The weights that these values lead to, without a curve; None where there is no value."""
    if not values:
        return None
    fields = sorted({value.field for value in values})
    inputs = np.hstack([_inputs([value.signals for value in values]), _field_inputs(values, fields)])
    right: Flags = np.array([value.right for value in values])
    priors = [*_PRIORS.values(), *[(0.0, _FIELD_DEVIATION, False)] * len(fields)]
    mean, deviation, positive = (np.array(column) for column in zip(*priors, strict=True))
    weights = fit(inputs, right, mean.astype(float), deviation.astype(float), positive.astype(bool)).tolist()
    return Group(
        weights=Weights(**dict(zip(_PRIORS, weights, strict=False))),
        fields=dict(zip(fields, weights[len(_PRIORS) :], strict=True)),
        values=len(values),
        right=int(right.sum()),
        windows=min((v.signals.windows for v in values if v.signals.windows is not None), default=None),
    )


def confidences(group: Group, fields: Sequence[str], signals: Sequence[Signals]) -> list[float]:
    """The confidence of each value, between 0 and 1, given its field and its signals."""
    weights = np.array([getattr(group.weights, name) for name in _PRIORS])
    shifts = np.array([group.fields.get(field, 0.0) for field in fields])
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
            ]
        )
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(_PRIORS))


def _field_inputs(values: Sequence[Labelled], fields: Sequence[str]) -> Floats:
    """Shape (values, fields): 1 at the value's own field."""
    places = {name: at for at, name in enumerate(fields)}
    inputs = np.zeros((len(values), len(fields)))
    inputs[np.arange(len(values)), [places[value.field] for value in values]] = 1.0
    return inputs
