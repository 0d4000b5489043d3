"""Values in the letters of their document, where the model has read it in others (see `adapters/letters`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from thresher.adapters.fields import Field
from thresher.adapters.letters import as_written
from thresher.app.record import Span, Value


def values_as_written(
    values: Mapping[str, Value], fields: Sequence[Field], read: str, written: str
) -> dict[str, Value]:
    """The same values, with what is taken from the text, and its spans, as `written` has them."""
    if read == written:
        return dict(values)
    return {one.name: _as_written(values[one.name], one, read, written) for one in fields}


def _as_written(value: Value, field: Field, read: str, written: str) -> Value:
    spans = tuple(span and replace(span, text=written[span.start : span.end]) for span in value.spans)

    def said(item: object, span: Span | None) -> object:
        if span is None or not isinstance(item, str) or not field.is_quoted:
            return item
        return as_written(item, read[span.start : span.end], written[span.start : span.end])

    if isinstance(value.value, list):
        items: object = [said(item, span) for item, span in zip(value.value, spans, strict=True)]
    else:
        items = said(value.value, spans[0] if spans else None)
    return replace(value, value=items, spans=spans)
