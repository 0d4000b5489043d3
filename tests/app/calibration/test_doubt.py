"""What is too doubtful to state is left out, and kept; what is sure, said by a person or cut stays."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.calibration import Calibration, Group, Weights
from thresher.app.calibration import library
from thresher.app.calibration.calibrate import corrected_records, of_corrections
from thresher.app.calibration.doubt import left_out, without_doubtful
from thresher.app.documents.document import Place
from thresher.app.events import RecordReady
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, Span, Value
from thresher.app.session import Session
from thresher.app.sources import Source

from ..conftest import AddAdapter
from .conftest import signals

SPAN = Span(0, 1, "a", "exact", Place())
SAID = signals(-0.5)


def listed(*confidences: float, spans: tuple[Span | None, ...] | None = None) -> Value:
    count = len(confidences)
    return Value(
        [f"item {at}" for at in range(count)],
        Outcome.FOUND,
        sum(confidences) / count,
        (SPAN,) * count if spans is None else spans,
        confidences,
        calibrated=True,
        signals=(SAID,) * count,
    )


def scalar(confidence: float | None, **more: Any) -> Value:
    known: dict[str, Any] = {
        "outcome": Outcome.FOUND,
        "spans": (SPAN,),
        "calibrated": True,
        "signals": (SAID,),
    } | more
    return Value("a", confidence=confidence, **known)


def left_of(value: Value, least: float = 0.25) -> Value:
    record = Record("r", None, None, "d", "t", "m", None, "ok", None, {"field": value}, 1.0)
    return without_doubtful(record, least).values["field"]


def test_a_doubtful_value_is_not_stated() -> None:
    assert left_of(scalar(0.2)) == Value(None, Outcome.ABSENT, None, whole=scalar(0.2))
    adrift = scalar(0.2, outcome=Outcome.UNGROUNDED, spans=(None,))
    assert left_of(adrift) == Value(None, Outcome.ABSENT, None, whole=adrift)
    # Surer than a low floor it may be, but a value that was left out is no sure absence.
    assert left_of(scalar(0.2, accepted=True)).accepted is False
    assert left_of(scalar(0.2)).accepted is None
    sure, part = (replace(listed(0.9, other), accepted=True) for other in (0.8, 0.2))
    assert (left_of(sure).accepted, left_of(part).accepted) == (True, False)


def test_without_a_calibration_the_models_own_probability_tells() -> None:
    own = scalar(0.2, calibrated=False)
    assert left_of(own) == Value(None, Outcome.ABSENT, None, whole=own)
    assert left_of(scalar(0.3, calibrated=False)) == scalar(0.3, calibrated=False)


def test_a_value_that_is_right_often_enough_stays() -> None:
    for value in (scalar(0.25), scalar(0.9), listed(0.3, 0.9)):
        assert left_of(value) == value
    assert left_of(scalar(0.01), least=0.0) == scalar(0.01)


def false(confidence: float, **more: Any) -> Value:
    return replace(scalar(confidence, spans=(None,)), value=False, **more)


def test_a_false_states_nothing_and_stays() -> None:
    for value in (false(0.1), false(0.1, calibrated=False), false(0.9)):
        assert left_of(value) == value
        assert left_out(left_of(value)) is None


def test_what_is_not_judged_stays() -> None:
    for value in (
        scalar(0.1, signals=()),  # a person said it
        scalar(0.1, outcome=Outcome.TRUNCATED),
        scalar(0.1, outcome=Outcome.INVALID),
        Value(None, Outcome.ABSENT, 0.1, calibrated=True, signals=(signals(-0.5, absent=True),)),
        Value(None, Outcome.FAILED, None),
    ):
        assert left_of(value) == value


def test_doubtful_items_leave_a_list() -> None:
    three = listed(0.9, 0.1, 0.5)
    left = left_of(three)
    assert left == replace(listed(0.9, 0.5), value=["item 0", "item 2"], confidence=0.7, whole=three)
    assert len(left.spans) == len(left.signals) == 2
    assert left_of(listed(0.1, 0.2)) == Value([], Outcome.ABSENT, None, whole=listed(0.1, 0.2))


def test_what_is_left_out_is_known() -> None:
    assert left_out(left_of(scalar(0.2))) == scalar(0.2)
    assert left_out(left_of(scalar(0.9))) is None
    assert left_out(left_of(listed(0.9, 0.1, 0.5))) == replace(listed(0.1), value=["item 1"])
    assert left_out(left_of(listed(0.1, 0.2))) == listed(0.1, 0.2)


def test_a_list_whose_only_found_item_is_doubted_is_ungrounded() -> None:
    assert left_of(listed(0.9, 0.1, spans=(None, SPAN))).outcome is Outcome.UNGROUNDED
    nearly = replace(SPAN, match="fuzzy")
    assert left_of(listed(0.9, 0.1, spans=(nearly, SPAN))).outcome is Outcome.UNGROUNDED


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0, 1))
def test_what_is_left_is_sure_enough_and_left_alone_the_second_time(
    confidences: list[float], least: float
) -> None:
    left = left_of(listed(*confidences), least)
    assert list(left.confidences) == [one for one in confidences if one >= least]
    assert len(left.value) == len(left.spans) == len(left.confidences)
    assert left_of(left, least) == left


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0, 1), st.floats(0, 1))
def test_with_another_share_what_was_left_out_comes_back(
    confidences: list[float], least: float, another: float
) -> None:
    for value in (listed(*confidences), scalar(confidences[0]), false(confidences[0])):
        assert left_of(left_of(value, least), another) == left_of(value, another)
        assert left_of(left_of(value, least), 0.0) == value


TEXT = "TARN CAFE\nTotal 11.40\n14 March 2024\n"


def all_doubted(session: Session, bias: float = -20.0) -> Calibration:
    """A calibration of the tiny base's receipts, by which everything that it states is wrong, or right."""
    task = session.task("expenses", "receipt", adapter="none")
    weights = dict.fromkeys(Weights.model_fields, 0.0) | {"bias": bias}
    (model,) = session.models()
    return Calibration(
        domain="expenses", record_type="receipt", pack=task.pack_hash, base=model.fingerprint, adapter=None,
        made=datetime.now(UTC), documents=9, sources=("labels",), absent=None,
        stated=Group(weights=Weights(**weights), values=9, right=0),
    )  # fmt: skip


def answered(session: Session, **more: Any) -> dict[str, Value]:
    task = replace(session.task("expenses", "receipt", adapter="none"), **more)
    source = Source("one", text=TEXT)
    (ready,) = [one for one in session.extract([source], task) if isinstance(one, RecordReady)]
    # Nothing that was said is lost, so that nothing is asked again.
    assert ready.reused == (len(session.store.runs()) > 1)
    record = ready.record
    (stored,) = session.store.records(session.store.runs()[0].id)
    assert stored.record.values == record.values
    return record.values


def test_a_batch_states_what_its_calibration_does_not_doubt(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        before = answered(session, state_from=0.0)
        said = {name for name, value in before.items() if value.outcome is Outcome.FOUND}
        assert said
        library.save(home_with_tiny, all_doubted(session))
        # Also of what was done before, by the calibration of now.
        doubted = answered(session)
        assert all(doubted[name].outcome is Outcome.ABSENT for name in said)
        assert all(doubted[name].confidence is None for name in said)
        # All of it, for calibrations and for proofs.
        whole = answered(session, state_from=0.0)
        assert {name: whole[name].value for name in said} == {name: before[name].value for name in said}
        assert all(whole[name].calibrated for name in said)
        # A calibration that doubts nothing brings it back.
        library.save(home_with_tiny, all_doubted(session, bias=20.0))
        assert {name: one.value for name, one in answered(session).items()} == {
            name: one.value for name, one in before.items()
        }


def test_a_calibration_from_corrections_knows_what_was_left_out(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        library.save(home_with_tiny, all_doubted(session))
        doubted = answered(session)
        (stored,) = session.store.records(session.store.runs()[0].id)
        name, said = next((name, value.whole) for name, value in doubted.items() if value.whole)
        assert said is not None
        other = next(name for name, value in doubted.items() if not value.whole)
        session.store.correct(stored.id, other, doubted[other].value)

        def known(reviewed: bool) -> set[bool]:
            task = session.task("expenses", "receipt", adapter="none")
            values = of_corrections(corrected_records(session, task), reviewed)
            return {one.right for one in values if one.field == name}

        # What a person looked at and left out of the record was wrong.
        assert known(reviewed=False) == set()
        assert known(reviewed=True) == {False}
        # Also once a proof or a calibration asked for all of it.
        assert answered(session, state_from=0.0)[name].value == said.value
        assert known(reviewed=True) == {False}
        session.store.correct(stored.id, name, said.value)
        assert known(reviewed=False) == {True}


def test_what_nobody_looked_at_is_not_taken_as_left_as_it_was(
    home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    add_adapter("other", 1)
    with Session(home_with_tiny) as session:
        answered(session)
        (stored,) = session.store.records(session.store.runs()[0].id)
        session.store.correct(stored.id, "company", "TARN CAFE")
        task = session.task("expenses", "receipt", adapter="other")
        assert list(session.extract([Source("one", text=TEXT)], task))
        values = of_corrections(corrected_records(session, task), reviewed=True)
        assert {one.field for one in values} <= {"company"}


def test_what_a_person_corrected_stays_when_the_work_is_taken_up_again(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        before = answered(session)
        (stored,) = session.store.records(session.store.runs()[0].id)
        session.store.correct(stored.id, "total", "11.40")
        library.save(home_with_tiny, all_doubted(session))
        doubted = answered(session)
        assert doubted["total"].value == "11.40"
        others = [value for name, value in doubted.items() if name != "total"]
        assert others
        assert all(value.outcome is Outcome.ABSENT for value in others)
        (again,) = session.store.records(session.store.runs()[0].id)
        assert again.id != stored.id
        assert again.corrected == {"total"}
        # What the model answered is still known of it.
        assert session.store.answer(again.id).values["total"].value == before["total"].value


def test_to_learn_and_to_prove_everything_is_stated(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        task = session.task("expenses", "receipt", adapter="none")
        assert session.whole(task) == replace(task, state_from=0.0)


def test_the_settings_say_from_where_on(home_with_tiny: Locations) -> None:
    home_with_tiny.settings.write_text("model: tiny\nanswer_tokens: 200\nstate_from: 0\n", "utf-8")
    with Session(home_with_tiny) as session:
        library.save(home_with_tiny, all_doubted(session))
        assert any(value.outcome is Outcome.FOUND for value in answered(session).values())
