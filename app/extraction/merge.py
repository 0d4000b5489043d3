"""The answers of a document's windows, made one value a field. The rules are told in docs/extraction.md.

Knows no model and no prompt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field, left_to_model
from thresher.adapters.spans import SpanFinder
from thresher.app.documents.document import Document
from thresher.app.extraction.boolean_words import boolean_words
from thresher.app.extraction.counted import counted_values
from thresher.app.extraction.cued import cued_values
from thresher.app.extraction.dated import dated_values
from thresher.app.extraction.evidence import Evidence
from thresher.app.extraction.lists import merge_list
from thresher.app.extraction.repeats import with_repeats
from thresher.app.extraction.scalars import merge_scalar
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Value


def merge(
    document: Document,
    fields: Sequence[Field],
    answers: Sequence[WindowAnswer],
    finder: SpanFinder | None = None,
    cues: Mapping[str, Cues] = MappingProxyType({}),
    learnt: bool = True,
) -> dict[str, Value]:
    """One value for each field, of the windows' answers in any order, or of `cues`, by field.

    A value's span is looked for in its own window, then in the whole document.

    - Scalar: found goes before ungrounded, invalid, truncated, failed, absent. Among equals the highest
      confidence, then the earliest window. What has a place, though it is written otherwise, counts as found.
    - Boolean that has cues: as they tell of the whole document. A counted date that has cues and is absent:
      counted from another of the record by the length of time that they tell. Of another date that has cues
      and is found its signals have what these tell.
    - Any other boolean: true if a window says true, or if the windows that say false are, together, less than
      half sure of it; false only if no window was lost. Enum: the most confident window. Both are judged of
      the text, so they are found without a span.
    - List: the items of all windows, equal ones once (of a derived field: with the same words, as the surest
      window writes it), in the order of their spans, ungrounded ones last;
      found if one item is grounded, truncated (with its items) if a window's answer was lost or cut in it.
    - Confidence: the chosen window's; of a list the mean of its items'; of an absent value the mean of the
      windows' confidences in its absence. Of what is said again, little of it (see `with_repeats`), and of an
      item behind the first window where the adapter has not `learnt` the record type.
    """
    ordered = sorted(answers, key=lambda answer: answer.window.start)
    front = ordered[0].window.end if ordered else len(document.text)
    evidence = Evidence(document, finder or SpanFinder(document.text), front, learnt)
    asked = left_to_model(fields, cues)
    booleans = {field.name: cues[field.name] for field in fields if field not in asked}
    merged = cued_values(evidence, booleans) | {
        field.name: (merge_list if field.is_list else merge_scalar)(evidence, field, ordered)
        for field in asked
    }
    merged |= counted_values(evidence, fields, merged, cues)
    merged |= dated_values(evidence, fields, merged, cues)
    for name, words in boolean_words(asked, document.text).items():
        value = merged[name]
        merged[name] = replace(value, signals=tuple(replace(each, words=words) for each in value.signals))
    return with_repeats(fields, {field.name: merged[field.name] for field in fields}, evidence.finder)
