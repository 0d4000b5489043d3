import math
from dataclasses import replace
from typing import Any

import pytest

from thresher.adapters.fields import Field, FieldType
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document, Place, Region
from thresher.app.extraction.merge import merge
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Outcome, Value

#: Two windows: [0, 30) and [20, 50).
TEXT = "Acme Corp, Bolt Ltd, total 15 " + "Cube Inc, total 20, serious"
DOCUMENT = Document(
    "a.txt", "0" * 64, "text", TEXT, regions=(Region(0, 30, page=1), Region(30, len(TEXT), page=2))
)
FIRST, SECOND = Window(0, 30, 0, 6), Window(20, len(TEXT), 4, 12)


def one(kind: FieldType) -> Field:
    return Field(name="f", type=kind, values=("serious", "mild") if kind == "enum" else ())


def said(window: Window, value: Any, confidence: Any = 0.5, cut: str | None = None) -> WindowAnswer:
    many = max(len(value), 1) if isinstance(value, list) else 1
    given = confidence if isinstance(confidence, list) else [confidence] + [1.0] * (many - 1)
    sureness = [Sureness(math.log(each), math.log(each), 1) for each in given]
    return WindowAnswer(window, {"f": value}, {"f": sureness}, cut)


def cut(window: Window) -> WindowAnswer:
    return WindowAnswer(window, {}, {}, cut="f")


def failed(window: Window) -> WindowAnswer:
    return WindowAnswer(window, {}, {}, failed=True)


def merged(kind: FieldType, *answers: WindowAnswer, learnt: bool = True) -> Value:
    value = merge(DOCUMENT, [one(kind)], answers, learnt=learnt)["f"]
    # Logarithms and back: 0.8 comes out as 0.8000000000000002.
    return replace(value, confidence=value.confidence and round(value.confidence, 9), confidences=())


def test_a_found_value_has_its_span_and_place() -> None:
    value = merged("string", said(FIRST, None), said(SECOND, "Cube Inc", 0.8))
    assert (value.value, value.outcome, value.confidence) == ("Cube Inc", Outcome.FOUND, 0.8)
    assert value.spans[0] is not None
    assert (value.spans[0].text, value.spans[0].place) == ("Cube Inc", Place(page=2))


def test_what_the_text_says_otherwise_has_its_place_and_is_not_found() -> None:
    """A name with other punctuation, or with a letter misread: an analyst sees what the text has."""
    for said_so in ("Acme Corp Bolt Ltd", "Acme Corb, Bolt Ltd"):
        value = merged("string", said(FIRST, said_so))
        assert value.spans[0] is not None
        assert (value.outcome, value.spans[0].text) == (Outcome.UNGROUNDED, "Acme Corp, Bolt Ltd")
        value = merged("list[string]", said(FIRST, [said_so]), said(SECOND, []))
        assert value.spans[0] is not None
        assert value.outcome == Outcome.UNGROUNDED
    value = merged("list[string]", said(FIRST, ["Acme Corp Bolt Ltd", "total"]))
    assert value.outcome == Outcome.FOUND


def test_items_with_the_same_words_are_one_where_punctuation_is_free() -> None:
    field = Field(name="f", type="list[string]", derived=True)
    answers = (
        said(FIRST, ["Bolt, Ltd.", "Acme Corp"], [0.4, 0.9]),
        said(SECOND, ["Bolt Ltd", "Acme, Corp"], [0.8, 0.3]),
    )
    for given in (answers, answers[::-1]):
        value = merge(DOCUMENT, [field], given)["f"]
        assert value.value == ["Acme Corp", "Bolt Ltd"]
        assert [span and span.match for span in value.spans] == ["exact", "exact"]
    value = merge(DOCUMENT, [field], [said(FIRST, ["Bolt, Ltd", "Bolt, Ltd"], [0.9, 0.2])])["f"]
    assert (value.value, value.outcome) == (["Bolt, Ltd"], Outcome.UNGROUNDED)


def test_what_the_text_says_otherwise_stands_beside_what_it_says() -> None:
    """The surer of the two is taken, for both have their place; an invention is behind them."""
    assert merged("string", said(FIRST, "Acme Corp Bolt Ltd", 0.9), said(SECOND, "Cube Inc", 0.8)).value == (
        "Acme Corp Bolt Ltd"
    )
    assert merged("string", said(FIRST, "Nobody AG", 0.9), said(SECOND, "Cube Inc", 0.8)).value == "Cube Inc"


def test_a_span_is_looked_for_in_its_own_window_first() -> None:
    value = merged("string", said(SECOND, "total"))
    assert value.spans[0] is not None
    assert value.spans[0].start >= SECOND.start


def test_what_stands_behind_the_first_window_is_said_to() -> None:
    items = merged("list[string]", said(FIRST, ["Acme Corp"]), said(SECOND, ["Cube Inc", "15", "Delta"]))
    assert items.value == ["Acme Corp", "15", "Cube Inc", "Delta"]
    # What both windows hold stands in the first; what stands nowhere is in none.
    assert [each.later for each in items.signals] == [False, False, True, False]
    for value, later in (("Acme Corp", False), ("Cube Inc", True)):
        assert [each.later for each in merged("string", said(SECOND, value)).signals] == [False]
        both = merged("string", said(FIRST, None), said(SECOND, value))
        assert [each.later for each in both.signals] == [later]
    assert [each.later for each in merged("boolean", said(FIRST, False), said(SECOND, True)).signals] == [
        False
    ]


@pytest.mark.parametrize("kind", ["string", "number"])
def test_outcomes_of_a_scalar_in_order(kind: FieldType) -> None:
    there, not_there = ("Acme Corp", "Nobody AG") if kind == "string" else (15, 99)
    of_less_and_less: list[tuple[Outcome, WindowAnswer]] = [
        (Outcome.FOUND, said(FIRST, there, 0.1)),
        (Outcome.UNGROUNDED, said(FIRST, not_there, 0.9)),
        (Outcome.INVALID, said(FIRST, True, 0.9)),
        (Outcome.TRUNCATED, cut(FIRST)),
        (Outcome.FAILED, failed(FIRST)),
        (Outcome.ABSENT, said(FIRST, None, 0.9)),
    ]
    for at, (outcome, answer) in enumerate(of_less_and_less):
        for _, worse in of_less_and_less[at:]:
            assert merged(kind, answer, worse).outcome is outcome
            assert merged(kind, worse, answer).outcome is outcome


def test_among_found_values_the_most_confident_wins_then_the_earliest() -> None:
    assert merged("integer", said(FIRST, 15, 0.6), said(SECOND, 20, 0.7)).value == 20
    assert merged("integer", said(SECOND, 20, 0.7), said(FIRST, 15, 0.7)).value == 15


def test_an_ungrounded_value_is_kept_without_a_span() -> None:
    assert merged("string", said(FIRST, "Nobody AG")) == Value("Nobody AG", Outcome.UNGROUNDED, 0.5, (None,))


def test_an_invalid_value_is_kept_as_it_was_said() -> None:
    assert merged("date", said(FIRST, "2019-02-30")) == Value("2019-02-30", Outcome.INVALID, 0.5)


@pytest.mark.parametrize("nothing", [None, "", " - "])
def test_an_absent_value_has_the_mean_confidence_of_its_windows(nothing: str | None) -> None:
    assert merged("string", said(FIRST, nothing, 0.5), said(SECOND, None, 1.0)) == Value(
        None, Outcome.ABSENT, 0.75
    )


def test_no_window_at_all_is_a_failure() -> None:
    assert merged("string") == Value(None, Outcome.FAILED, None)
    assert merged("list[string]") == Value([], Outcome.FAILED, None)


@pytest.mark.parametrize(
    ("answers", "value", "outcome"),
    [
        ([said(FIRST, False, 0.9), said(SECOND, True, 0.1)], True, Outcome.FOUND),
        ([said(FIRST, False, 0.9), said(SECOND, None, 0.9)], False, Outcome.FOUND),
        ([said(FIRST, False, 0.9), failed(SECOND)], None, Outcome.FAILED),
        ([said(FIRST, False, 0.9), cut(SECOND)], None, Outcome.TRUNCATED),
        ([said(FIRST, True, 0.9), failed(SECOND)], True, Outcome.FOUND),
        ([said(FIRST, None, 0.9)], None, Outcome.ABSENT),
        ([said(FIRST, "yes", 0.9)], "yes", Outcome.INVALID),
    ],
)
def test_a_boolean_is_true_if_a_window_says_so(
    answers: list[WindowAnswer], value: Any, outcome: Outcome
) -> None:
    result = merged("boolean", *answers)
    assert (result.value, result.outcome) == (value, outcome)


@pytest.mark.parametrize(("sure", "value"), [((0.9, 0.9), False), ((0.7, 0.7), True), ((0.4,), False)])
def test_windows_that_together_doubt_their_no_say_yes(sure: tuple[float, ...], value: bool) -> None:
    """0.7 · 0.7 is below a half: likelier than not, one of them is wrong. One window stands by itself."""
    windows = [FIRST, SECOND][: len(sure)]
    result = merged("boolean", *(said(*each) for each in zip(windows, [False] * 2, sure, strict=False)))
    assert (result.value, result.outcome, result.spans) == (value, Outcome.FOUND, (None,))
    if value:
        assert result.confidence == pytest.approx(1 - 0.49)
        (signals,) = result.signals
        assert signals.sureness.probability == pytest.approx(1 - 0.49)
        assert (signals.absent, signals.stated) == (False, "judged")
        # A part that was lost may have said either: nothing is made of what the others doubt.
        assert merged("boolean", said(FIRST, False, 0.4), failed(SECOND)).outcome is Outcome.FAILED


def test_an_enum_takes_the_most_confident_window_and_needs_no_span() -> None:
    value = merged("enum", said(FIRST, "mild", 0.9), said(SECOND, "serious", 0.8))
    assert value == Value("mild", Outcome.FOUND, 0.9, (None,))
    span = merged("enum", said(SECOND, "serious", 0.8)).spans[0]
    assert span is not None
    assert span.text == "serious"


def test_an_enum_may_be_a_dash() -> None:
    rhesus = Field(name="f", type="enum", values=("+", "-"))
    value = merge(DOCUMENT, [rhesus], [said(FIRST, "-", 0.9), said(SECOND, None, 0.95)])["f"]
    assert (value.value, value.outcome, value.spans) == ("-", Outcome.FOUND, (None,))


def test_a_list_is_the_union_in_the_order_of_the_text_with_ungrounded_items_last() -> None:
    value = merged(
        "list[string]",
        said(FIRST, ["Nobody AG", "Bolt Ltd", "Acme Corp", "BOLT LTD."], [0.2, 0.6, 0.8, 0.9]),
        said(SECOND, ["Cube Inc", "bolt ltd"], [0.5, 0.4]),
    )
    assert value.value == ["Acme Corp", "Bolt Ltd", "Cube Inc", "Nobody AG"]
    assert [span and span.text for span in value.spans] == ["Acme Corp", "Bolt Ltd", "Cube Inc", None]
    assert value.outcome is Outcome.FOUND
    assert value.confidence == pytest.approx((0.8 + 0.9 + 0.5 + 0.2) / 4)


@pytest.mark.parametrize(("own", "believed"), [(1e-6, 1.4e-7), (0.5, 1 / 8), (0.875, 0.5), (1.0, 1.0)])
def test_an_item_behind_the_first_window_is_a_stray_where_the_adapter_has_not_learnt_it(
    own: float, believed: float
) -> None:
    nothing, stray = said(FIRST, []), said(SECOND, ["Cube Inc"], [own])
    for learnt, confidence in ((False, believed), (True, own)):
        value = merged("list[string]", nothing, stray, learnt=learnt)
        assert value.confidence == pytest.approx(confidence, rel=0.03)
        assert [each.probability for each in value.signals] == pytest.approx([confidence], rel=0.03)
        assert [(each.later, each.stray) for each in value.signals] == [(True, not learnt)]


def test_neither_a_scalar_nor_an_item_that_stands_in_the_first_window_too_is_a_stray() -> None:
    scalar = merged("string", said(FIRST, None), said(SECOND, "Cube Inc", 0.5), learnt=False)
    item = merged(
        "list[string]", said(FIRST, ["Bolt Ltd"], [0.2]), said(SECOND, ["Bolt Ltd"], [0.5]), learnt=False
    )
    for value in (scalar, item):
        assert value.confidence == 0.5
        assert not value.signals[0].stray


def test_a_list_of_nothing_but_inventions_is_ungrounded() -> None:
    value = merged("list[string]", said(FIRST, ["Nobody AG"], [0.4]))
    assert value == Value(["Nobody AG"], Outcome.UNGROUNDED, 0.4, (None,))


@pytest.mark.parametrize("lost", [cut(SECOND), failed(SECOND), said(SECOND, ["Cube Inc"], [0.5], cut="f")])
def test_a_list_with_a_lost_part_is_truncated_and_keeps_its_items(lost: WindowAnswer) -> None:
    value = merged("list[string]", said(FIRST, ["Acme Corp"], [0.5]), lost)
    assert value.value[0] == "Acme Corp"
    assert value.outcome is Outcome.TRUNCATED


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([said(FIRST, [], 0.5), said(SECOND, ["", " "], 0.7)], Value([], Outcome.ABSENT, 0.6)),
        ([said(FIRST, [], 0.5), failed(SECOND)], Value([], Outcome.FAILED, None)),
        ([failed(FIRST), cut(SECOND)], Value([], Outcome.TRUNCATED, None)),
        ([said(FIRST, [], 0.5), said(SECOND, [5], [0.5])], Value([5], Outcome.INVALID, None)),
    ],
)
def test_a_list_without_items(answers: list[WindowAnswer], expected: Value) -> None:
    assert merged("list[string]", *answers) == expected


def test_a_field_after_the_cut_is_truncated_and_one_before_is_not() -> None:
    fields = [Field(name="a", type="string"), Field(name="b", type="string"), Field(name="c", type="string")]
    values = merge(DOCUMENT, fields, [WindowAnswer(FIRST, {"a": "Acme Corp"}, {}, cut="b")])
    assert [values[name].outcome for name in "abc"] == [Outcome.FOUND, Outcome.TRUNCATED, Outcome.TRUNCATED]
