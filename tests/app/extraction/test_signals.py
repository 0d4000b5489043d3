"""What is read of the model and the text: how sure it was, who agrees, how the text states it."""

import json
import math
from typing import Any

import pytest
from hypothesis import given

from thresher.adapters.fields import Field, FieldType
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document, Region
from thresher.app.engine.request import Answer
from thresher.app.extraction.asking import heard
from thresher.app.extraction.merge import merge
from thresher.app.extraction.signals import (
    Signals,
    Stated,
    Sureness,
    signals_from_json,
    signals_json,
    together,
)
from thresher.app.extraction.window_answer import WindowAnswer

from ..any_signals import any_signals

TEXT = "Acme Corp, 4 March 2019, Bolt Ltd, Acme Corp"
FIRST, SECOND = Window(0, 35, 0, 6), Window(25, len(TEXT), 4, 12)
DOCUMENT = Document("a.txt", "0" * 64, "text", TEXT)
A, B = Sureness(-0.1, -0.08, 2), Sureness(-0.5, -0.4, 3)


def merged(kind: FieldType, *said: tuple[Window, Any, list[Sureness]], document: Document = DOCUMENT) -> Any:
    field = Field(name="f", type=kind, values=("serious", "mild") if kind == "enum" else ())
    answers = [WindowAnswer(window, {"f": value}, {"f": sure}) for window, value, sure in said]
    return merge(document, [field], answers)["f"].signals


@given(any_signals)
def test_signals_come_back_from_json(signals: Signals) -> None:
    assert signals_from_json(json.loads(json.dumps(signals_json(signals)))) == signals


@pytest.mark.parametrize("change", [{"stated": "roughly"}, {"sureness": {"total": 0}}])
def test_other_json_is_refused(change: dict[str, Any]) -> None:
    raw = signals_json(Signals(A, 1.0, "exact", None, False)) | change
    with pytest.raises((ValueError, TypeError)):
        signals_from_json(raw)


def test_signals_of_before_know_neither_what_was_not_kept_then_nor_what_is_no_more() -> None:
    known = Signals(
        A,
        1.0,
        "none",
        None,
        absent=True,
        windows=8,
        words=0.5,
        repeats=True,
        later=True,
        beside=-0.5,
        stray=True,
    )
    raw = signals_json(known)
    del raw["windows"], raw["words"], raw["repeats"], raw["later"], raw["beside"], raw["stray"]
    assert signals_from_json(raw | {"cues": -1.5}) == Signals(A, 1.0, "none", None, absent=True)


def test_the_sureness_of_a_value_is_that_of_the_tokens_that_share_a_character_with_it() -> None:
    text = '{"f": "Acme Corp"}'
    pieces = ((6, 7, -0.1), (7, 11, -0.7), (11, 17, -0.2), (17, 18, -5.0))
    fields = [Field(name="f", type="string")]
    (sure,) = heard(FIRST, fields, Answer(text, pieces)).sureness["f"]
    assert (sure.least, sure.tokens) == (-0.7, 3)
    assert sure.total == pytest.approx(-1.0)
    assert sure.probability == pytest.approx(math.exp(-1))
    (forced,) = heard(FIRST, fields, Answer(text, ())).sureness["f"]
    assert (forced, forced.probability) == (Sureness(0, 0.0, 0), 1.0)


def test_texts_together_are_as_sure_as_all_of_them() -> None:
    both = together([A, B])
    assert both.total == pytest.approx(-0.6)
    assert (both.least, both.tokens) == (-0.4, 5)


@pytest.mark.parametrize(
    ("kind", "value", "stated"),
    [
        ("string", "Acme Corp", "exact"),
        ("string", "acme corp", "normalised"),
        ("string", "Nobody AG", "none"),
        ("date", "2019-03-04", "parsed"),
        ("boolean", True, "judged"),
        ("enum", "mild", "judged"),
    ],
)
def test_how_the_text_states_it(kind: FieldType, value: Any, stated: Stated) -> None:
    words = 0.0 if kind == "boolean" else None
    assert merged(kind, (FIRST, value, [A])) == (Signals(A, 1.0, stated, None, False, words=words),)


def test_windows_that_state_another_value_disagree_and_silent_ones_do_not() -> None:
    said = (FIRST, "Acme Corp", [A]), (SECOND, "Bolt Ltd", [B])
    assert merged("string", *said)[0].agreement == 0.5
    assert merged("string", said[0], (SECOND, "ACME CORP.", [B]))[0].agreement == 1.0
    assert merged("string", said[0], (SECOND, None, [B]))[0].agreement == 1.0
    assert merged("boolean", (FIRST, True, [A]), (SECOND, False, [B]))[0].agreement == 1.0


@pytest.mark.parametrize(("kind", "value"), [("string", None), ("boolean", False), ("list[string]", [])])
def test_nothing_is_stated_only_if_all_windows_say_so(kind: FieldType, value: Any) -> None:
    (one,) = merged(kind, (FIRST, value, [A]), (SECOND, value, [B]))
    assert one.absent
    assert one.windows == 2
    assert one.sureness == together([A, B])


def test_an_item_is_agreed_on_by_the_windows_that_hold_its_place() -> None:
    # "Bolt Ltd" stands in both windows, the first "Acme Corp" in one.
    one = merged("list[string]", (FIRST, ["Acme Corp", "Bolt Ltd"], [A, B]), (SECOND, [], [A]))
    assert [each.agreement for each in one] == [1.0, 0.5]
    both = merged("list[string]", (FIRST, ["Bolt Ltd"], [B]), (SECOND, ["bolt ltd"], [A]))
    assert [(each.agreement, each.sureness) for each in both] == [(1.0, A)]


def test_the_ocrs_probability_is_that_of_the_values_own_characters() -> None:
    read = Document(
        "a.jpg", "0" * 64, "image", TEXT, ocr_pages=1,
        regions=(Region(0, 9, confidence=0.5), Region(11, len(TEXT), confidence=0.9)),
    )  # fmt: skip
    # Two characters are right or wrong as one: of nine and of twelve.
    assert merged("string", (FIRST, "Acme Corp", [A]), document=read)[0].ocr == pytest.approx(0.5**4.5)
    assert merged("date", (FIRST, "2019-03-04", [A]), document=read)[0].ocr == pytest.approx(0.9**6)
    (absent,) = merged("string", (FIRST, None, [A]), document=read)
    assert absent.ocr == pytest.approx((9 * 0.5 + 33 * 0.9) / 42)
    assert read.ocr_confidence(9, 11) is None
    assert read.ocr_probability(9, 11) is None


def test_how_well_a_whole_scan_was_read_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan has a region a word: counted for every field of every window, a long one takes minutes."""
    counted: list[tuple[int, int]] = []
    monkeypatch.setattr(Document, "ocr_confidence", lambda _, *place: counted.append(place))
    fields = [Field(name=name, type="string") for name in "abc"]
    said = dict.fromkeys("abc")
    sure = dict.fromkeys("abc", (A,))
    merge(DOCUMENT, fields, [WindowAnswer(window, said, sure) for window in (FIRST, SECOND)])
    assert counted == [(0, len(TEXT))]


def test_what_was_lost_has_no_signals() -> None:
    answers = [WindowAnswer(FIRST, {}, {}, failed=True)]
    for kind in ("string", "list[string]"):
        field = Field(name="f", type=kind)
        assert merge(DOCUMENT, [field], answers)["f"].signals == ()
