"""The answers of a document's windows, made one value a field. The rules are told in docs/extraction.md.

Knows no model and no prompt.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.spans import Match, SpanFinder
from thresher.adapters.values import check, is_absent, normalise, same
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document
from thresher.app.extraction.signals import Signals, Stated, Sureness, together
from thresher.app.record import Outcome, Span, Value

#: More than this is likelier than not.
_HALF = 0.5
#: Which outcome a scalar takes where its windows differ. A part that was lost may have held the value, so
#: it goes before what says that there is none.
_ORDER = (
    Outcome.FOUND,
    Outcome.UNGROUNDED,
    Outcome.INVALID,
    Outcome.TRUNCATED,
    Outcome.FAILED,
    Outcome.ABSENT,
)


@dataclass(frozen=True)
class WindowAnswer:
    """What the model said of one window.

    `values` by field; `sureness` by field, of a list one an item, else one. `cut` names the field in which
    the answer was cut: it (unless a list, which keeps its finished items) and those after it are missing
    from `values`. `failed`: there is no answer.
    """

    window: Window
    values: Mapping[str, Any]
    sureness: Mapping[str, Sequence[Sureness]]
    cut: str | None = None
    failed: bool = False


def merge(
    document: Document,
    fields: Sequence[Field],
    answers: Sequence[WindowAnswer],
    finder: SpanFinder | None = None,
) -> dict[str, Value]:
    """One value for each field, of the windows' answers in any order.

    A value's span is looked for in its own window, then in the whole document.

    - Scalar: found goes before ungrounded, invalid, truncated, failed, absent. Among equals the highest
      confidence, then the earliest window.
    - Boolean: true if a window says true, or if the windows that say false are, together, less than half
      sure of it; false only if no window was lost. Enum: the most confident window. Both are judged of the
      text, so they are found without a span.
    - List: the items of all windows, equal ones once, in the order of their spans, ungrounded ones last;
      found if one item is grounded, truncated (with its items) if a window's answer was lost or cut in it.
    - Confidence: the chosen window's; of a list the mean of its items'; of an absent value the mean of the
      windows' confidences in its absence.
    """
    finder = finder or SpanFinder(document.text)
    ordered = sorted(answers, key=lambda answer: answer.window.start)
    merged = {}
    for field in fields:
        if field.is_list:
            merged[field.name] = _list(document, finder, field, ordered)
        else:
            merged[field.name] = _scalar(document, finder, field, ordered)
    return merged


def _scalar(document: Document, finder: SpanFinder, field: Field, answers: Sequence[WindowAnswer]) -> Value:
    said = [_said(document, finder, field, answer) for answer in answers]
    if not said:
        return Value(None, Outcome.FAILED, None)

    def rank(value: Value) -> tuple[float, float]:
        order: float = _ORDER.index(value.outcome)
        if value.value is False:
            order = _ORDER.index(Outcome.FAILED) + 0.5  # one lost window may have said true
        return order, -(value.confidence if value.confidence is not None else -1)

    best = min(said, key=rank)  # the first of equals
    if best.value is False and (doubted := _doubted(document, said)):
        return doubted
    if best.outcome is Outcome.ABSENT:
        best = replace(best, confidence=_mean(value.confidence for value in said))
    if best.outcome is Outcome.ABSENT or best.value is False:
        # All windows together say that the document states none.
        heard = [value.signals[0].sureness for value in said if value.signals]
        return replace(best, signals=_all_absent(document, heard))
    agreement = _agreement(field, best, said)
    return replace(best, signals=tuple(replace(each, agreement=agreement) for each in best.signals))


def _doubted(document: Document, said: Sequence[Value]) -> Value | None:
    """True, where several windows say false and it is likelier that one of them is wrong than that none is.

    Each has read a part only: seven that are nine tenths sure are together less than half sure. None else.
    """
    denials = [value.signals[0].sureness for value in said if value.value is False and value.signals]
    chance = 1 - together(denials).probability
    if len(denials) < 2 or chance <= _HALF:
        return None
    # As sure as the windows taken for one, and no token of theirs says more.
    sureness = Sureness(math.log(chance), math.log(chance), sum(each.tokens for each in denials))
    ocr = document.ocr_confidence(0, len(document.text))
    signals = (Signals(sureness, 1.0, "judged", ocr, absent=False),)
    return Value(True, Outcome.FOUND, chance, (None,), signals=signals)


def _agreement(field: Field, best: Value, said: Sequence[Value]) -> float:
    """Of the windows that state a value, the share that states this one. False states nothing."""
    stated = [v for v in said if v.outcome in (Outcome.FOUND, Outcome.UNGROUNDED) and v.value is not False]
    alike = sum(same(field, best.value, other.value) for other in stated)
    return alike / len(stated) if stated else 1.0


def _said(document: Document, finder: SpanFinder, field: Field, answer: WindowAnswer) -> Value:
    """What one window says of a scalar field."""
    if answer.failed:
        return Value(None, Outcome.FAILED, None)
    if field.name not in answer.values:
        return Value(None, Outcome.TRUNCATED if answer.cut is not None else Outcome.FAILED, None)
    raw = answer.values[field.name]
    given = answer.sureness.get(field.name)
    sureness = together(given) if given else None
    confidence = sureness.probability if sureness else None
    try:
        value = check(field, raw)
    except ValueError:
        return Value(raw, Outcome.INVALID, confidence)
    if is_absent(value, field):
        signals = _signals(document, field, sureness, None, absent=True)
        return Value(None, Outcome.ABSENT, confidence, signals=signals)
    match = finder.find(field, value, (answer.window.start, answer.window.end))
    outcome = Outcome.FOUND if match or not field.is_quoted else Outcome.UNGROUNDED
    signals = _signals(document, field, sureness, match, absent=False)
    return Value(value, outcome, confidence, (_placed(document, match),), signals=signals)


def _signals(
    document: Document, field: Field, sureness: Sureness | None, match: Match | None, absent: bool
) -> tuple[Signals, ...]:
    if sureness is None:
        return ()
    stated: Stated = match.match if match else "none" if field.is_quoted or absent else "judged"
    ocr = document.ocr_probability(match.start, match.end) if match else None
    return (Signals(sureness, 1.0, stated, ocr, absent),)


@dataclass
class _Item:
    text: str
    match: Match | None = None
    sureness: Sureness | None = None
    windows: int = 0  # that name it


def _list(document: Document, finder: SpanFinder, field: Field, answers: Sequence[WindowAnswer]) -> Value:
    items: dict[str, _Item] = {}
    lost: list[Outcome] = []
    absences: list[Sureness] = []
    heard: list[Window] = []
    invalid: Value | None = None
    for answer in answers:
        if answer.failed or field.name not in answer.values:
            lost.append(Outcome.TRUNCATED if answer.cut is not None and not answer.failed else Outcome.FAILED)
            continue
        if answer.cut == field.name:
            lost.append(Outcome.TRUNCATED)
        raw = answer.values[field.name]
        try:
            checked = check(field, raw)
        except ValueError:
            invalid = invalid or Value(raw, Outcome.INVALID, None)
            continue
        heard.append(answer.window)
        given = answer.sureness.get(field.name, ())
        if not checked:
            absences += [together(given)] if given else []
        within = (answer.window.start, answer.window.end)
        named: set[str] = set()
        for text, sureness in zip_longest(raw or (), given[: len(raw or ())]):
            if is_absent(text):
                continue
            item = items.setdefault(normalise(text), _Item(text))
            if item.match is None and (match := finder.find(field, text, within)):
                item.text, item.match = text, match
            if sureness and (item.sureness is None or sureness.total > item.sureness.total):
                item.sureness = sureness
            named.add(normalise(text))
        for name in named:
            items[name].windows += 1
    if not items:
        return invalid or _no_items(document, lost, absences, bool(answers))
    standing = sorted(
        items.values(), key=lambda item: item.match.start if item.match else len(document.text) + 1
    )
    outcome = Outcome.FOUND if standing[0].match else Outcome.UNGROUNDED
    confidences = tuple(item.sureness.probability if item.sureness else None for item in standing)
    known = all(item.sureness for item in standing)
    return Value(
        [item.text for item in standing],
        Outcome.TRUNCATED if lost else outcome,
        _mean(confidences),
        tuple(_placed(document, item.match) for item in standing),
        confidences,
        signals=tuple(
            replace(signals, agreement=_share_naming(item, heard))
            for item in standing
            for signals in _signals(document, field, item.sureness, item.match, absent=False)
        )
        if known
        else (),
    )


def _no_items(
    document: Document, lost: Sequence[Outcome], absences: Sequence[Sureness], asked: bool
) -> Value:
    if lost or not asked:
        return Value([], min(lost, key=_ORDER.index) if lost else Outcome.FAILED, None)
    sure = _mean([absence.probability for absence in absences])
    return Value([], Outcome.ABSENT, sure, signals=_all_absent(document, absences))


def _all_absent(document: Document, heard: Sequence[Sureness]) -> tuple[Signals, ...]:
    """Of what so many windows say together."""
    if not heard:
        return ()
    whole = document.ocr_confidence(0, len(document.text))
    return (Signals(together(heard), 1.0, "none", whole, absent=True, windows=len(heard)),)


def _share_naming(item: _Item, heard: Sequence[Window]) -> float:
    """Of the windows that hold the item's place (of all, where it has none), the share that names it."""
    match = item.match
    holding = sum(match is None or (w.start <= match.start and match.end <= w.end) for w in heard)
    return item.windows / max(holding, item.windows)


def _placed(document: Document, match: Match | None) -> Span | None:
    if match is None:
        return None
    return Span(match.start, match.end, match.text, match.match, document.place(match.start, match.end))


def _mean(confidences: Iterator[float | None] | Sequence[float | None]) -> float | None:
    known = [confidence for confidence in confidences if confidence is not None]
    return sum(known) / len(known) if known else None
