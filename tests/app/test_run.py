"""What a run states of a document that was corrected before, or of which a part got no answer."""

import math
import time
from dataclasses import replace
from threading import Event
from typing import Any
from unittest.mock import Mock

import pytest

from thresher.adapters.blas import REMEDY, BlasReport
from thresher.adapters.fields import Field
from thresher.app.documents.document import Document
from thresher.app.engine.engine import Engine
from thresher.app.engine.request import Answered, Failed, Reply, Request
from thresher.app.events import DocumentRead, ModelLoading, Progress, RecordReady
from thresher.app.extraction.merge import merge
from thresher.app.locations import Locations
from thresher.app.record import Record, Value
from thresher.app.session import Session
from thresher.app.sources import Source
from thresher.app.warm_engine import WarmEngine

from .conftest import AddAdapter

TEXT = "Invoice 7 from ACME Ltd., to be paid by 7 May"
SOURCE = Source("invoice", text=TEXT)


def test_a_correction_stands_in_every_later_run_but_one_that_is_scored(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=[Field(name="who", type="string")])

        def record(again: bool, corrected: bool = True) -> tuple[Record, Record]:
            """As it was told, and as it is stored."""
            events = session.extract([SOURCE], task, again=again, corrected=corrected)
            (told,) = [event.record for event in events if isinstance(event, RecordReady)]
            stored = session.store.records(session.store.runs(1)[0].id)[0]
            return told, stored.record

        said, _ = record(again=False)
        (number,) = [one.id for one in session.store.records(session.store.runs(1)[0].id)]
        session.store.correct(number, "who", "Ann Lee")
        for again in (False, True, False):
            told, stored = record(again)
            assert (told.values["who"].value, told.values["who"].confidence) == ("Ann Lee", 1.0)
            assert told.values == stored.values
        for again in (False, True):
            told, stored = record(again, corrected=False)
            assert told.values["who"].value == said.values["who"].value != "Ann Lee"
            assert stored.values["who"].value == "Ann Lee"


def test_who_loads_a_model_without_a_fast_blas_is_warned(
    home_with_tiny: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    for report in (
        BlasReport("fast", needed=True, remedy=None),
        BlasReport(None, needed=True, remedy=REMEDY),
    ):
        monkeypatch.setattr("thresher.app.run.load_fast_blas", lambda found=report: found)
        with Session(home_with_tiny) as session:
            task = session.task(None, fields=[Field(name="who", type="string")])
            [loading] = [
                event
                for event in session.extract([SOURCE], task, again=True)
                if isinstance(event, ModelLoading)
            ]
        assert loading == ModelLoading("tiny", report.warning)


def test_the_names_of_choices_decide_where_the_adapter_says_so(
    home_with_tiny: Locations, add_adapter: AddAdapter
) -> None:
    add_adapter("plain", domain=None)
    add_adapter("by-names", domain=None, names_decide=True)
    part = Field(name="part", type="enum", values=("back", "hand", "eye"))
    with Session(home_with_tiny) as session:
        # With the same matrices they answer in other ways, so no work of one is taken for the other's.
        plain, by_names = (session.registry.find(name) for name in ("plain", "by-names"))
        assert plain.manifest.weights == by_names.manifest.weights
        assert plain.fingerprint != by_names.fingerprint
        # Of several windows one names the choice, and the others have nothing else to say.
        away = "He fell at the gate. " * 300
        sources = [Source(value, text=f"She hurt her {value}. {away}") for value in part.values]

        def said(adapter: str) -> list[object]:
            events = session.extract(sources, session.task(None, fields=[part], adapter=adapter))
            records = {event.record.id: event.record for event in events if isinstance(event, RecordReady)}
            return [records[value].values["part"].value for value in part.values]

        assert said("by-names") == list(part.values) != said("plain")


def test_of_a_long_document_the_words_of_a_boolean_tell_it_but_to_the_base_alone(
    home_with_tiny: Locations, add_adapter: AddAdapter, asked: list[Request]
) -> None:
    add_adapter("general", domain=None)
    insured = Field(name="insured", type="boolean", description="Whether coverage is maintained")
    prepaid = Field(name="prepaid", type="boolean", description="Whether it is paid before")
    who = Field(name="who", type="string", description="Who sends notices")
    away = "Notices go by post to the other side. " * 90
    long = Source(
        "long", text=f"Prepaid: no\nInsured:  as below\n{away} Bolt maintains coverage and is insured. {away}"
    )
    short = Source("short", text="Bolt maintains coverage and is insured. Notices go by post.")
    with Session(home_with_tiny) as session:

        def values(adapter: str, source: Source) -> dict[str, Value]:
            asked.clear()
            task = session.task(None, fields=[insured, prepaid, who], adapter=adapter)
            events = session.extract([source], task)
            return next(event.record.values for event in events if isinstance(event, RecordReady))

        said = values("general", long)
        # What stands behind a label goes before words, so that is asked.
        assert {one.name for request in asked for one in request.fields} == {"prepaid", "who"}
        assert said["insured"].value is True
        (span,) = said["insured"].spans
        assert span is not None
        assert (span.match, span.text) == ("cue", "maintains coverage and is insured")
        for adapter, source in (("general", short), ("none", long)):
            values(adapter, source)
            assert {one.name for request in asked for one in request.fields} == {"insured", "prepaid", "who"}


@pytest.mark.parametrize(("learnt", "by_words"), [("contract", True), ("risk_flags", False)])
def test_they_tell_it_of_a_record_type_that_the_domains_adapter_has_not_learnt(
    home_with_tiny: Locations, add_adapter: AddAdapter, asked: list[Request], learnt: str, by_words: bool
) -> None:
    add_adapter("one", domain="legal", record_types=(learnt,))
    with Session(home_with_tiny) as session:
        task = session.task("legal", "risk_flags", adapter="one")
        said = " ".join(one.description for one in task.fields)
        long = f"{said} {'Letters go by post to the other side of the street. ' * 90}"
        (_,) = [e for e in session.extract([Source("a", text=long)], task) if isinstance(e, RecordReady)]
        booleans = {one.name for one in task.fields if one.type == "boolean"}
    left = booleans & {one.name for request in asked for one in request.fields}
    assert ("exclusivity" not in left) == by_words
    assert (left == booleans) == (not by_words)


@pytest.mark.parametrize(("learnt", "free"), [("receipt", {"address"}), ("statement", set[str]())])
def test_a_text_is_the_documents_to_the_letter_where_the_adapter_has_not_learnt_the_record_type(
    home_with_tiny: Locations,
    add_adapter: AddAdapter,
    asked: list[Request],
    learnt: str,
    free: set[str],
) -> None:
    add_adapter("one", record_types=(learnt,))
    with Session(home_with_tiny) as session:
        task = session.task("expenses", "receipt", adapter="one")
        (_,) = [event for event in session.extract([SOURCE], task) if isinstance(event, RecordReady)]
    spelt = {one.name for request in asked for one in request.fields if one.is_spelt}
    assert spelt == free


@pytest.mark.parametrize("adapter", ["contracts", "flags", "none"])
def test_what_is_merged_knows_whether_the_adapter_has_learnt_the_record_type(
    home_with_tiny: Locations, add_adapter: AddAdapter, monkeypatch: pytest.MonkeyPatch, adapter: str
) -> None:
    add_adapter("contracts", domain="legal", record_types=("contract",))
    add_adapter("flags", domain="legal", record_types=("risk_flags",))
    told: list[bool] = []

    def merging(document: Document, fields: Any, answers: Any, **about: Any) -> dict[str, Value]:
        told.append(about["learnt"])
        return merge(document, fields, answers, **about)

    monkeypatch.setattr("thresher.app.in_work.merge", merging)
    with Session(home_with_tiny) as session:
        task = session.task("legal", "contract", adapter=adapter)
        (_,) = [event for event in session.extract([SOURCE], task) if isinstance(event, RecordReady)]
    assert told == [adapter == "contracts"]


def test_what_the_adapters_cues_tell_is_not_asked_of_the_model(
    home_with_tiny: Locations, add_adapter: AddAdapter, asked: list[Request]
) -> None:
    cues = {"auto_renewal": {"labels": 40, "bias": -2.5, "weights": {"paid by": 4.0, "acme": 0.25}}}
    add_adapter("plain", domain="legal", record_types=("risk_flags",))
    add_adapter("cued", domain="legal", record_types=("risk_flags",), cues={"legal/risk_flags": cues})
    add_adapter("others", domain="legal", record_types=("risk_flags",), cues={"legal/contract": cues})
    with Session(home_with_tiny) as session:
        installed = {name: session.registry.find(name) for name in ("plain", "cued", "others")}
        assert len({one.manifest.weights for one in installed.values()}) == 1
        # What one answered is not what another did.
        assert len({one.fingerprint for one in installed.values()}) == 3
        for name in installed:
            asked.clear()
            task = session.task("legal", "risk_flags", adapter=name)
            (record,) = [e.record for e in session.extract([SOURCE], task) if isinstance(e, RecordReady)]
            assert list(record.values) == [field.name for field in task.fields]
            (request,) = asked
            assert ("auto_renewal" in {one.name for one in request.fields}) is (name != "cued")
            if name == "cued":
                assert record.values["auto_renewal"].value is True
                assert record.values["auto_renewal"].confidence == pytest.approx(1 / (1 + math.exp(-1.75)))


def test_a_date_that_cues_may_tell_is_asked_all_the_same(
    home_with_tiny: Locations, add_adapter: AddAdapter, asked: list[Request]
) -> None:
    """The document may write it out."""
    cues = {"expiration_date": {"labels": 40, "bias": 1.0, "weights": {}}}
    add_adapter("cued", domain="legal", record_types=("contract",), cues={"legal/contract": cues})
    with Session(home_with_tiny) as session:
        task = session.task("legal", "contract", adapter="cued")
        (record,) = [e.record for e in session.extract([SOURCE], task) if isinstance(e, RecordReady)]
    assert "expiration_date" in {one.name for request in asked for one in request.fields}
    assert list(record.values) == [field.name for field in task.fields]


@pytest.mark.parametrize(
    ("adapter", "read"),
    [
        ("none", {"small": TEXT, "capitals": TEXT.upper()}),
        ("plain", {"small": TEXT, "capitals": TEXT.lower()}),
        ("capitals", {"small": TEXT.upper(), "capitals": TEXT.upper()}),
    ],
)
def test_a_document_is_read_in_letters_that_were_learnt(
    home_with_tiny: Locations,
    add_adapter: AddAdapter,
    asked: list[Request],
    adapter: str,
    read: dict[str, str],
) -> None:
    learnt = {"legal/nda": {"documents": 60, "in_capitals": 60}}
    add_adapter("plain", domain="legal", record_types=("nda",))
    add_adapter("capitals", domain="legal", record_types=("nda",), letters=learnt)
    given = {"small": TEXT, "capitals": TEXT.upper()}
    with Session(home_with_tiny) as session:
        task = session.task("legal", "nda", adapter=adapter)
        list(session.extract([Source(name, text=text) for name, text in given.items()], task))
        (run,) = session.store.runs()
        for stored in session.store.records(run.id):
            document = session.store.document_of(stored.id)
            assert document is not None
            assert document.text == given[stored.record.id]
    assert [one.text for one in asked] == list(read.values())


def test_the_adapters_cues_choose_the_windows_that_state_a_text(
    home_with_tiny: Locations, add_adapter: AddAdapter, asked: list[Request]
) -> None:
    filler = "The goods are stored in a dry place, and sent by post.\n" * 60
    source = replace(SOURCE, text=f"{filler * 20}It is construed by courts of Ohio.\n{filler * 10}")
    cues = {"governing_law": {"labels": 40, "bias": -4.0, "weights": {"construed": 2.0}}}
    add_adapter("plain", domain="legal", record_types=("contract",))
    add_adapter("cued", domain="legal", record_types=("contract",), cues={"legal/contract": cues})
    with Session(home_with_tiny) as session:
        for name in ("plain", "cued"):
            asked.clear()
            task = session.task("legal", "contract", adapter=name)
            (record,) = [e.record for e in session.extract([source], task) if isinstance(e, RecordReady)]
            assert record.windows is not None
            assert record.windows.asked == len(asked) == 8 < record.windows.all
            assert any("construed" in request.text for request in asked) is (name == "cued")


def test_a_prompt_names_nothing_that_cues_tell(
    home_with_tiny: Locations, add_adapter: AddAdapter, asked: list[Request]
) -> None:
    with Session(home_with_tiny) as session:
        fields = session.task("legal", "contract", adapter="none").fields
        flags = [one.name for one in fields if one.type == "boolean"]
        others = tuple(one for one in fields if one.type != "boolean")
        cues = {name: {"labels": 40, "bias": 1.5, "weights": {}} for name in flags}
        add_adapter("plain", domain="legal", record_types=("contract",))
        add_adapter("cued", domain="legal", record_types=("contract",), cues={"legal/contract": cues})
        task = session.task("legal", "contract", adapter="cued")
        (record,) = [e.record for e in session.extract([SOURCE], task) if isinstance(e, RecordReady)]
        alone = replace(session.task("legal", "contract", adapter="plain"), fields=others)
        list(session.extract([SOURCE], alone))
    cued, plain = asked
    # As if one had asked for the others alone, as the training did.
    assert (cued.fields, cued.tokens) == (plain.fields, plain.tokens)
    assert [one.name for one in cued.fields] == [one.name for one in others]
    assert [record.values[name].value for name in flags] == [True] * len(flags)


def test_of_a_document_of_which_cues_tell_all_nothing_is_asked(
    home_with_tiny: Locations, add_adapter: AddAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    cues = {"auto_renewal": {"labels": 40, "bias": -2.5, "weights": {"paid by": 4.0}}}
    add_adapter("cued", domain="legal", record_types=("risk_flags",), cues={"legal/risk_flags": cues})
    submit = Mock()
    monkeypatch.setattr(Engine, "submit", submit)
    with Session(home_with_tiny) as session:
        task = session.task("legal", "risk_flags", adapter="cued")
        (flag,) = [field for field in task.fields if field.name == "auto_renewal"]
        sources = [SOURCE, replace(SOURCE, id="other")]
        events = session.extract(sources, replace(task, fields=(flag,)))
        records = [event.record for event in events if isinstance(event, RecordReady)]
        assert [(one.status, one.values[flag.name].value) for one in records] == [("ok", True)] * 2
        submit.assert_not_called()
        # A field of one's own that has its name is another.
        another = flag.model_copy(update={"description": "Whether it was renewed before"})
        events = session.extract([SOURCE], replace(task, fields=(another,)), cancel=(cancel := Event()))
        for event in events:
            if isinstance(event, DocumentRead):
                cancel.set()
        submit.assert_called_once()


def test_the_time_that_is_left_does_not_follow_from_how_long_the_model_took_to_load(
    home_with_tiny: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, opened = Mock(monotonic=time.monotonic), WarmEngine.open

    def slowly_opened(warm: WarmEngine, *told: Any) -> Engine:
        clock.monotonic = lambda: time.monotonic() + 10_000
        return opened(warm, *told)

    monkeypatch.setattr(WarmEngine, "open", slowly_opened)
    monkeypatch.setattr("thresher.app.run.time", clock)
    sources = [
        Source(str(number), text=f"Invoice {number} from ACME Ltd.") for number in range(100)
    ]  # too many to be all in work
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=[Field(name="who", type="string")])
        told = [event.seconds_left for event in session.extract(sources, task) if isinstance(event, Progress)]
    left = [seconds for seconds in told if seconds is not None]
    assert left
    assert max(left) < 1_000


def test_a_document_of_which_a_part_got_no_answer_is_partial_and_asked_again(
    home_with_tiny: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n".join(f"Line {n}: paid by ACME Ltd. on {n} May" for n in range(20))
    answered = Engine.reply
    replies: list[Reply] = []

    def failing_once(engine: Engine, timeout: float | None = None) -> Reply | None:
        reply = answered(engine, timeout)
        if isinstance(reply, Answered):
            replies.append(reply)
            if len(replies) == 2:
                return Failed(reply.request, "out of memory")
        return reply

    monkeypatch.setattr(Engine, "reply", failing_once)
    with home_with_tiny.settings.open("a", encoding="utf-8") as file:
        file.write("\nwindow_tokens: 64\nwindow_overlap: 0\n")
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=[Field(name="who", type="string")])
        told = []
        for _ in range(3):
            events = session.extract([Source("a", text=text)], task)
            told += [event for event in events if isinstance(event, RecordReady)]
    first, second, third = told
    assert first.record.windows is not None
    parts = first.record.windows.asked
    assert parts > 2
    assert (first.record.status, first.reused) == ("partial", False)
    assert first.record.error is not None
    assert first.record.error.message.startswith(f"a: 1 of its {parts} parts got no answer (out of memory)")
    assert (second.record.error, second.reused) == (None, False)
    assert (third.record.error, third.reused) == (None, True)
