"""A record as lines for a person: each value with its outcome, its place, and the text that states it."""

from collections.abc import Iterator
from typing import Any

import click

from thresher.adapters.visible import one_line
from thresher.app.calibration.doubt import left_out
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.wording import DOUBTED, DOUBTED_ROLE, MARKS, confidence_role, shown, sureness

_COLOURS = {"success": "green", "warning": "yellow", "error": "red", "muted": "bright_black"}

#: Characters of document text shown on each side of a span.
_CONTEXT = 24

#: A value longer than this is shown by its beginning, with its length; exports have it whole.
_LONGEST = 120


def record_lines(
    record: Record, text: str | None = None, corrected: frozenset[str] = frozenset()
) -> Iterator[str]:
    """The record's lines. With the document's `text`, spans are quoted with what stands around them.

    What was too doubtful to state stands behind what is stated, and says so.
    """
    if record.error is not None:
        yield click.style(one_line(f"  {record.error.kind}: {record.error.message}"), fg="red")
    for note in record.notes:
        yield click.style(one_line(f"  note: {note}"), fg=_COLOURS["warning"])
    width = max(map(len, record.values), default=0)
    for name, value in record.values.items():
        mark, role = MARKS[value.outcome]
        tone = _COLOURS[role]
        note = "  (corrected)" if name in corrected else ""
        head = f"{click.style(mark, fg=tone)} {one_line(name):{width}}"
        for item, span, confidence in _items(value):
            sure = "     " if note else _sure(confidence, value.calibrated)
            yield f"  {head}  {sure}  {_item(value, item, span, text)}{note}"
            head = f"  {'':{width}}"
        if doubted := left_out(value):
            behind = click.style(DOUBTED, fg=_COLOURS[DOUBTED_ROLE])
            for item, span, confidence in _items(doubted):
                yield f"  {head}  {_sure(confidence, True)}  {_item(doubted, item, span, text)}  {behind}"


def _items(value: Value) -> Iterator[tuple[Any, Span | None, float | None]]:
    """Each item with its span and its confidence; one that is None where there is none."""
    items = value.value if isinstance(value.value, list) else [value.value]
    spans = [*value.spans, *[None] * len(items)]
    sure = value.confidences or [value.confidence, *[None] * len(items)]
    yield from zip(items, spans, sure, strict=False) if items else ((None, None, value.confidence),)


def _sure(confidence: float | None, calibrated: bool) -> str:
    said = f"{sureness(confidence, calibrated):>5}"
    return click.style(said, fg=_COLOURS[confidence_role(confidence)]) if confidence is not None else said


def _item(value: Value, item: Any, span: Span | None, text: str | None) -> str:
    if item is None:
        return click.style(value.outcome.value, dim=True)
    said = _clipped(one_line(shown(item)))
    if span is None:
        # A judgement (yes or no, one of a list) needs no span to count as found.
        return (
            said
            if value.outcome is Outcome.FOUND
            else f"{said}  {click.style(value.outcome.value, dim=True)}"
        )
    place = one_line(str(span.place))
    where = f"{place}, " if place else ""
    if span.match == "cue":
        where = f"see {where}"
    elif span.match == "counted":
        where = f"counted by {where}"
    elif not span.says_it:
        said = f"{said}  {click.style(Outcome.UNGROUNDED.value, dim=True)}"
    return f"{said}  {click.style(f'{where}{span.start}–{span.end}:', dim=True)} {_quote(span, text)}"


def _clipped(said: str) -> str:
    if len(said) <= _LONGEST:
        return said
    return f"{said[:_LONGEST]}… ({len(said)} characters)"


def _quote(span: Span, text: str | None) -> str:
    if text is None:
        return f"“{one_line(span.text)}”"
    before = text[max(span.start - _CONTEXT, 0) : span.start].rpartition("\n")[2]
    after = text[span.end : span.end + _CONTEXT].partition("\n")[0]
    said = click.style(_clipped(one_line(span.text)), bold=True)
    return f"{one_line(before.lstrip())}{said}{one_line(after.rstrip())}"
