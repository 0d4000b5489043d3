"""Values and spans of a text that was read in other letters."""

from thresher.adapters.fields import Field
from thresher.app.documents.document import Place
from thresher.app.extraction.as_written import values_as_written
from thresher.app.record import Outcome, Span, Value

FIELDS = (
    Field(name="agent", type="person"),
    Field(name="parts", type="list[string]"),
    Field(name="level", type="enum", values=("pump", "seal")),
    Field(name="total", type="number"),
)
WRITTEN = "PUMP SEAL 12 BY NAOMI WHITLOCK"
READ = WRITTEN.lower()


def span(start: int, end: int) -> Span:
    return Span(start, end, READ[start:end], "exact", Place())


def test_what_is_taken_from_the_text_has_its_letters() -> None:
    values = {
        "agent": Value("whitlock, naomi", Outcome.FOUND, 0.9, (span(16, 30),)),
        "parts": Value(["seal", "gasket"], Outcome.UNGROUNDED, 0.5, (span(5, 9), None)),
        "level": Value("pump", Outcome.FOUND, 0.9, (span(0, 4),)),
        "total": Value(12, Outcome.FOUND, 0.9, (span(10, 12),)),
    }
    found = values_as_written(values, FIELDS, READ, WRITTEN)
    assert found["agent"].value == "WHITLOCK, NAOMI"
    assert found["parts"].value == ["SEAL", "gasket"]
    assert (found["level"].value, found["total"].value) == ("pump", 12)  # a choice is the pack's
    for value in found.values():
        assert all(one is None or one.text == WRITTEN[one.start : one.end] for one in value.spans)


def test_what_was_read_as_it_stands_is_as_it_is() -> None:
    values = {"agent": Value(None, Outcome.ABSENT, 0.9)}
    assert values_as_written(values, FIELDS[:1], READ, READ) == values
