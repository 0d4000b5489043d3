"""What is known of how sure a value is, before anything is made of it: read from the model and the text.

The model is never asked. Knows no record and no calibration.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

#: How the text states the value; "judged" where a value is no quotation (enum, boolean) and has no span,
#: "none" where a quotation has none, or where nothing is stated.
Stated = Literal["exact", "normalised", "parsed", "fuzzy", "judged", "none"]

#: Of items that an earlier list has, about so many are right: 22 of 203 in work orders and 3 of 43 in adverse
#: events, sixty training documents of each, by an adapter that had learnt neither. Of twelve numbers of
#: the packs' own examples for which no place was left one was right.
_REPEAT = 0.1

#: Of strays so many times fewer are right, in odds, than of items in the first window that are as sure: 12 of
#: 307, and 54 of 260, in forty-four agreements, contracts and resumes of training sets, by adapters that had
#: learnt few of such or none (common ratio of Mantel and Haenszel, 1959).
_STRAY = 7.0


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure the model was of some text that it wrote, in natural logarithms, so at most 0.

    `total` is that of the whole text, `least` that of its least sure token; both 0 where the grammar left no
    choice. `tokens` counts the sampled ones.
    """

    total: float
    least: float
    tokens: int

    @property
    def probability(self) -> float:
        """Of the whole text, among what the grammar allowed."""
        return math.exp(self.total)


def together(parts: Iterable[Sureness]) -> Sureness:
    """How sure the model was of several texts at once."""
    parts = list(parts)
    return Sureness(
        sum(part.total for part in parts),
        min((part.least for part in parts), default=0.0),
        sum(part.tokens for part in parts),
    )


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals of a value; of a list, of one item.

    `agreement` is the share of the windows that speak of the value and say the same: of a scalar those that
    state any value, of an item those that hold its place. `ocr` is the probability that OCR read all of its
    characters right (of an absent value: a mean one of the document), None where the text is exact. `absent`:
    the value says that the document states none; `windows` is how many say so together, None where that is
    not known. `words` is how much of a boolean's words the document has (see `boolean_words`); of other
    fields None, and where cues tell it. `repeats`: an earlier list has the same item, or surer fields
    have all places of the number. `later`: the value stands behind the document's first window. `stray`:
    it does, as an item of a list, and the adapter has not learnt the record type. `beside` is what the words
    beside a date tell that has cues: the log odds, in nats, that it is the one asked for; None of all others.
    """

    sureness: Sureness
    agreement: float
    stated: Stated
    ocr: float | None
    absent: bool
    windows: int | None = None
    words: float | None = None
    repeats: bool = False
    later: bool = False
    beside: float | None = None
    stray: bool = False

    @property
    def probability(self) -> float:
        """The confidence without a calibration: the model's own, and less where few such are right."""
        own = self.sureness.probability * (_REPEAT if self.repeats else 1.0)
        return own / (own + _STRAY * (1 - own)) if self.stray else own


def signals_json(signals: Signals) -> dict[str, Any]:
    """The signals as plain JSON values."""
    return asdict(signals)


def signals_from_json(raw: Mapping[str, Any]) -> Signals:
    """What `signals_json` wrote. Raises KeyError, TypeError or ValueError where it is another thing."""
    if raw["stated"] not in get_args(Stated):
        raise ValueError(f"'stated' is {raw['stated']!r}")
    # Records of earlier versions have not all of them, and some that are no more.
    known = {one.name: raw[one.name] for one in fields(Signals) if one.name in raw}
    return Signals(**known | {"sureness": Sureness(**raw["sureness"])})
