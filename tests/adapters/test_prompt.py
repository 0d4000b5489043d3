"""A field's line says what is wanted of it; the document follows directly."""

import pytest

from thresher.adapters.fields import Field
from thresher.adapters.prompt import render_prompt


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
