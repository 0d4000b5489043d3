"""The answers of a document's windows, made one value a field. The rules are told in docs/extraction.md.

Knows no model and no prompt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.spans import Match, SpanFinder
from thresher.adapters.values import check, is_absent, normalise
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document
from thresher.app.record import Outcome, Span, Value

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

    `values` by field; `confidences` by field, between 0 and 1: a number, or one an item of a list. `cut`
    names the field in which the answer was cut: it (unless a list, which keeps its finished items) and those
    after it are missing from `values`. `failed`: there is no answer.
    """

    window: Window
    values: Mapping[str, Any]
    confidences: Mapping[str, float | Sequence[float]]
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
    - Boolean: true if a window says true; false only if no window was lost. Enum: the most confident window.
      Both are judged of the text, so they are found without a span.
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
    if best.outcome is Outcome.ABSENT:
        return replace(best, confidence=_mean(value.confidence for value in said))
    return best


def _said(document: Document, finder: SpanFinder, field: Field, answer: WindowAnswer) -> Value:
    """What one window says of a scalar field."""
    if answer.failed:
        return Value(None, Outcome.FAILED, None)
    if field.name not in answer.values:
        return Value(None, Outcome.TRUNCATED if answer.cut is not None else Outcome.FAILED, None)
    raw = answer.values[field.name]
    given = answer.confidences.get(field.name)
    confidence = given if isinstance(given, int | float) else _mean(given or ())
    try:
        value = check(field, raw)
    except ValueError:
        return Value(raw, Outcome.INVALID, confidence)
    if is_absent(value):
        return Value(None, Outcome.ABSENT, confidence)
    match = finder.find(field, value, (answer.window.start, answer.window.end))
    outcome = Outcome.FOUND if match or not field.is_quoted else Outcome.UNGROUNDED
    return Value(value, outcome, confidence, (_placed(document, match),))


@dataclass
class _Item:
    text: str
    span: Span | None
    confidence: float | None


def _list(document: Document, finder: SpanFinder, field: Field, answers: Sequence[WindowAnswer]) -> Value:
    items: dict[str, _Item] = {}
    lost: list[Outcome] = []
    absences: list[float | None] = []
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
        if not checked:
            absences.extend(_each(answer.confidences.get(field.name), 1))
        within = (answer.window.start, answer.window.end)
        for text, confidence in zip(
            raw or (), _each(answer.confidences.get(field.name), len(raw or ())), strict=True
        ):
            if is_absent(text):
                continue
            item = items.setdefault(normalise(text), _Item(text, None, None))
            if item.span is None and (match := finder.find(field, text, within)):
                item.text, item.span = text, _placed(document, match)
            item.confidence = max((c for c in (item.confidence, confidence) if c is not None), default=None)
    if not items:
        if invalid:
            return invalid
        if lost:
            return Value([], min(lost, key=_ORDER.index), None)
        return Value([], Outcome.ABSENT, _mean(absences)) if answers else Value([], Outcome.FAILED, None)
    standing = sorted(
        items.values(), key=lambda item: item.span.start if item.span else len(document.text) + 1
    )
    outcome = Outcome.FOUND if standing[0].span else Outcome.UNGROUNDED
    return Value(
        [item.text for item in standing],
        Outcome.TRUNCATED if lost else outcome,
        _mean(item.confidence for item in standing),
        tuple(item.span for item in standing),
    )


def _each(given: float | Sequence[float] | None, count: int) -> list[float | None]:
    """`count` confidences: one number stands for all, and what is missing is None."""
    if given is None or isinstance(given, int | float):
        return [given] * count
    return [*given[:count], *[None] * (count - len(given))]


def _placed(document: Document, match: Match | None) -> Span | None:
    if match is None:
        return None
    return Span(match.start, match.end, match.text, match.match, document.place(match.start, match.end))


def _mean(confidences: Iterator[float | None] | Sequence[float | None]) -> float | None:
    known = [confidence for confidence in confidences if confidence is not None]
    return sum(known) / len(known) if known else None
