"""What stands beside a date that was found is one of its signals."""

from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document
from thresher.app.extraction.merge import merge
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Value

SIGNED = Field(name="signed", type="date")
BEGINS = Field(name="begins", type="date")
ENDS = Field(name="ends", type="date", counted_from=("begins",))
TEXT = f"Signed on 2019-03-04. {'No more is said. ' * 9} It is effective on 2019-04-01, to 2020-03-31."
EFFECTIVE = Cues(labels=40, bias=-1.0, weights={"effective": 2.0, "signed": 0.5})


def beside(cues: dict[str, Cues], **said: str | None) -> dict[str, list[float | None]]:
    given = {"signed": "2019-03-04", "begins": "2019-04-01", "ends": "2020-03-31", **said}
    window = Window(0, len(TEXT), 0, 9)
    answer = WindowAnswer(
        window, given, {name: [Sureness(-0.1, -0.1, 3)] for name in given}, cut=None, failed=False
    )
    document = Document("a.txt", "0" * 64, "text", TEXT)
    values: dict[str, Value] = merge(document, (SIGNED, BEGINS, ENDS), [answer], cues=cues)
    return {name: [each.beside for each in value.signals] for name, value in values.items()}


def test_a_date_that_has_cues_has_what_stands_beside_it() -> None:
    assert beside({"begins": EFFECTIVE}) == {"signed": [None], "begins": [1.0], "ends": [None]}
    assert beside({"begins": EFFECTIVE}, begins="2019-03-04")["begins"] == [-0.5]
    assert beside({}) == {"signed": [None], "begins": [None], "ends": [None]}


def test_what_is_absent_or_not_in_the_text_has_nothing_beside_it() -> None:
    assert beside({"begins": EFFECTIVE}, begins=None)["begins"] == [None]
    assert beside({"begins": EFFECTIVE}, begins="2031-01-31")["begins"] == [None]


def test_a_date_that_is_counted_has_cues_of_other_places() -> None:
    assert beside({"ends": EFFECTIVE})["ends"] == [None]
