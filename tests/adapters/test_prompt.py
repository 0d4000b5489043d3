"""A field's line says what is wanted of it; what is shown follows, and the document last."""

import pytest

from thresher.adapters.fields import Field
from thresher.adapters.prompt import render_prompt
from thresher.adapters.shots import Shot


@pytest.mark.parametrize(
    ("field", "line"),
    [
        (Field(name="total", type="number", description=" Sum paid "), "- total (number): Sum paid"),
        (Field(name="Total", type="number", description="total"), "- Total (number)"),
        (Field(name="kind", type="enum", values=("a", "b")), "- kind (one of a | b)"),
        (
            Field(name="filer", type="person", description="Who files"),
            "- filer (person, 'Family, Given'): Who files",
        ),
    ],
)
def test_a_line_a_field(field: Field, line: str) -> None:
    _, message = render_prompt("Read it. ", (field, field))
    assert message == f"Read it.\n\nFields:\n{line}\n{line}\n\nDocument:\n"


def test_what_is_shown_stands_between_the_fields_and_the_document() -> None:
    field = Field(name="total", type="number")
    shots = [Shot("Tea 2.10", '{"total": 2.1}'), Shot("Closed", '{"total": null}')]
    _, plain = render_prompt("Read it.", (field,))
    _, message = render_prompt("Read it.", (field,), shots)
    assert message == plain.removesuffix("Document:\n") + (
        'Document:\nTea 2.10\n\nAnswer:\n{"total": 2.1}\n\n'
        'Document:\nClosed\n\nAnswer:\n{"total": null}\n\nDocument:\n'
    )
