"""The record of a document that was read in other letters than its own."""

import time
from dataclasses import replace
from typing import Any

from thresher.adapters.fields import Field
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document
from thresher.app.extraction.asking import Asked
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.in_work import InWork, record_of
from thresher.app.record import Outcome, Windows
from thresher.app.sources import Source
from thresher.app.task import Task

FIELDS = (
    Field(name="payer", type="string"),
    Field(name="agent", type="person"),
    Field(name="parts", type="list[string]"),
    Field(name="due", type="date"),
)
SAID: dict[str, Any] = {
    "payer": "acme ltd",
    "agent": "whitlock, naomi",
    "parts": ["seal", "pump housing"],
    "due": "2018-05-07",
}
TEXT = "ACME LTD PAYS FOR A PUMP\nHOUSING AND A SEAL\nBY 7 MAY 2018. SIGNED NAOMI WHITLOCK"


def test_a_record_has_the_letters_of_its_document() -> None:
    document = Document("note", "d0" * 32, "text", TEXT)
    task = Task("any", "any", "Read the note.", FIELDS, "ab" * 32)
    window = Window(0, len(TEXT), 0, 30)
    sure = {name: [Sureness(-0.1, -0.1, 2)] * 2 for name in SAID}
    asked = Asked(TEXT.lower(), [window], FIELDS, (), Windows(1, 1))
    answers = [WindowAnswer(window, SAID, sure, failed=False)]
    work = InWork(Source("note", text=TEXT), document, FIELDS, asked, time.monotonic(), answers)
    values = record_of(task, work).values
    assert {name: value.value for name, value in values.items()} == {
        "payer": "ACME LTD",
        "agent": "WHITLOCK, NAOMI",
        "parts": ["PUMP HOUSING", "SEAL"],
        "due": "2018-05-07",
    }
    spans = [span for value in values.values() for span in value.spans]
    assert len(spans) == 5
    assert all(span is not None and span.text == TEXT[span.start : span.end] for span in spans)
    assert {value.outcome for value in values.values()} == {Outcome.FOUND}
    # As if it had been read as it stands.
    plain = record_of(task, replace(work, asked=replace(asked, text=TEXT), answers=[_upper(answers[0])]))
    assert values == plain.values


def _upper(answer: WindowAnswer) -> WindowAnswer:
    values = {
        name: [one.upper() for one in said] if isinstance(said, list) else said.upper()
        for name, said in SAID.items()
    }
    return replace(answer, values=values)
