import pytest

from thresher.adapters.fields import Field
from thresher.adapters.grounding import grounded

STRING = Field(name="s", type="string")
NUMBER = Field(name="n", type="number")
DATE = Field(name="d", type="date")
COUNTED = Field(name="d", type="date", counted_from=("e",))
ENUM = Field(name="e", type="enum", values=("adverse_event", "other"))
PERSON = Field(name="p", type="person")
BOOLEAN = Field(name="b", type="boolean")


@pytest.mark.parametrize(
    ("field", "value", "text", "yes"),
    [
        (STRING, "Acme Corp", "ACME\ncorp.", True),
        (STRING, "Acme Corp", "Acme Corps", False),
        (STRING, 5, "5", False),
        (NUMBER, 12, "12.50", False),
        (NUMBER, 12.5, " 12.50 ", True),
        (NUMBER, -123, "(123)", True),
        (NUMBER, 12345678901234567, "12345678901234568", False),
        (NUMBER, 3.5e6, "3.5 million", True),
        (NUMBER, 3, "3,000", True),  # as a document may write it that has 12,5
        (DATE, "2019-03-04", "March 4, 2019", True),
        (DATE, "2019-03-04", "on March 4, 2019", False),
        (DATE, "2024-03-04", "five (5) years", False),
        (COUNTED, "2024-03-04", "five (5) years", True),
        (COUNTED, "2024-03-04", "for five (5) years", False),
        (COUNTED, "2024-03-04", "March 4, 2024", True),
        (COUNTED, "2024-03-04", "March 5, 2024", False),
        (ENUM, "adverse_event", "Adverse event", True),
        (BOOLEAN, True, "true", False),
        (PERSON, "Koo, Hyunmo", "Hyunmo  KOO", True),
        (PERSON, "Koo, Hyunmo", "Koo, Hyunmo", True),
        (PERSON, "Koo, Hyunmo", "Hyunmo J. Koo", False),
        (PERSON, "Koo", "Koo", True),
        (STRING, "Koo, Hyunmo", "Hyunmo Koo", False),
    ],
)
def test_what_a_place_must_say(field: Field, value: object, text: str, yes: bool) -> None:
    assert grounded(field, value, text) is yes
