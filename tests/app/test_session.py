"""The session: records are stored before they are told, batches survive, nothing goes over the network."""

import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
from email.message import EmailMessage
from pathlib import Path

import pytest

from thresher.adapters.errors import ModelError, NoModelError, UsageError
from thresher.adapters.fields import Field
from thresher.app.documents.document import Document
from thresher.app.events import (
    DocumentRead,
    DocumentStarted,
    Event,
    Progress,
    RecordReady,
    RunFinished,
    RunStarted,
)
from thresher.app.locations import Locations
from thresher.app.record import Outcome
from thresher.app.session import Session
from thresher.app.sources import Source, document_of

FIELDS = (Field(name="who", type="string"), Field(name="paid", type="boolean"))


def sources(count: int) -> list[Source]:
    return [
        Source(f"doc-{n}", text=f"Invoice {n} from ACME Ltd., to be paid by {n} May") for n in range(count)
    ]


def ready(events: list[Event]) -> list[RecordReady]:
    return [event for event in events if isinstance(event, RecordReady)]


def test_a_batch_becomes_stored_records(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        events = list(session.extract(sources(5), session.task(None, fields=FIELDS)))
        assert isinstance(events[0], RunStarted)
        end = events[-1]
        assert isinstance(end, RunFinished)
        assert (end.ok + end.partial, end.failed, end.cancelled) == (5, 0, False)
        assert sum(isinstance(event, DocumentRead) for event in events) == 5
        assert any(isinstance(event, Progress) for event in events)
        stored = session.store.records(end.run)
        assert sorted(one.record.id for one in stored) == sorted(one.id for one in sources(5))
        for one in ready(events):
            text = one.source.text or ""
            who = one.record.values["who"]
            if who.outcome is Outcome.FOUND:
                span = who.spans[0]
                assert span is not None
                assert text[span.start : span.end] == span.text


def test_what_is_done_is_not_done_again_unless_asked(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=FIELDS)
        first = ready(list(session.extract(sources(3), task)))
        second = ready(list(session.extract(sources(4), task)))
        assert [one.reused for one in first] == [False] * 3
        assert sorted((one.source.id, one.reused) for one in second) == [
            ("doc-0", True),
            ("doc-1", True),
            ("doc-2", True),
            ("doc-3", False),
        ]
        assert not any(one.reused for one in ready(list(session.extract(sources(2), task, again=True))))
        other = session.task(None, fields=FIELDS[:1])
        assert not any(one.reused for one in ready(list(session.extract(sources(2), other))))


def test_a_file_with_another_ending_is_read_anew_where_that_makes_it_another_kind(
    home_with_tiny: Locations, tmp_path: Path
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@example.com", "bob@example.com", "Invoice"
    mail.set_content("Paid by Ann Lee", cte="base64")
    file = tmp_path / "msg.txt"
    file.write_bytes(bytes(mail))
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=FIELDS)

        def extracted() -> tuple[bool, str]:
            source = Source(str(file), path=file)
            (one,) = ready(list(session.extract([source], task)))
            newest = session.store.runs(1)[0].id
            document = session.store.document_of(session.store.records(newest)[0].id)
            assert document is not None
            return one.reused, document.kind

        assert extracted() == (False, "text")
        file = file.rename(tmp_path / "msg.eml")
        assert extracted() == (False, "email")
        assert extracted() == (True, "email")
        file = file.rename(tmp_path / "message.eml")
        assert extracted() == (True, "email")
        file = file.rename(tmp_path / "msg.md")
        assert extracted() == (True, "text")


def test_a_long_document_goes_through_windows(home_with_tiny: Locations) -> None:
    home_with_tiny.settings.write_text(
        "model: tiny\nanswer_tokens: 100\nwindow_tokens: 64\nwindow_overlap: 8\n"
    )
    text = "\n".join(f"Line {n} of the contract says that ACME pays {n} dollars." for n in range(40))
    with Session(home_with_tiny) as session:
        events = list(session.extract([Source("long", text=text)], session.task(None, fields=FIELDS)))
    windows = next(event for event in events if isinstance(event, DocumentRead)).windows
    assert windows.asked == windows.all > 5
    assert ready(events)[0].record.windows == windows
    assert ready(events)[0].record.status in ("ok", "partial")


def test_where_the_pack_says_so_the_windows_that_fit_are_asked_and_the_record_says_of_how_many(
    home_with_tiny: Locations,
) -> None:
    sizes = "model: tiny\nanswer_tokens: 60\nwindow_tokens: 64\nwindow_overlap: 8\n"
    home_with_tiny.settings.write_text(sizes)
    pack = home_with_tiny.packs / "deeds" / "pack.yaml"
    pack.parent.mkdir(parents=True)
    pack.write_text(
        "format: 1\ndomain: deeds\ntitle: Deeds\ndescription: Deeds\nrecord_types:\n"
        "  - {name: deed, title: Deed, instructions: Extract the deed., most_windows: 3,\n"
        "     fields: [{name: notary, type: string, description: The notary}]}\n"
    )
    lines = [f"Line {n} of the deed says that the land has {n} trees." for n in range(40)]
    lines[30] = "Before the notary Ivo Anders."
    deed = Source("deed", text="\n".join(lines))
    with Session(home_with_tiny) as session:
        (first,) = ready(list(session.extract([deed], session.task("deeds"))))
        windows = first.record.windows
        assert windows is not None
        assert windows.asked == 3 < windows.all
        assert session.store.records(1)[0].record.windows == windows
    home_with_tiny.settings.write_text(f"{sizes}all_windows: true\n")
    with Session(home_with_tiny) as session:
        (again,) = ready(list(session.extract([deed], session.task("deeds"))))
    assert not again.reused
    assert again.record.windows is not None
    assert again.record.windows.asked == again.record.windows.all == windows.all


def test_a_bad_document_is_told_and_the_batch_goes_on(home_with_tiny: Locations, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 nothing")
    with Session(home_with_tiny) as session:
        batch = [Source(str(bad), path=bad), *sources(2)]
        events = list(session.extract(batch, session.task(None, fields=FIELDS)))
    failed = next(one.record for one in ready(events) if one.record.status == "failed")
    assert failed.error is not None
    assert "bad.pdf" in failed.error.message
    assert {value.outcome for value in failed.values.values()} == {Outcome.FAILED}
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert end.failed == 1
    assert end.ok + end.partial == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_could_give_bytes_for_ever_is_not_opened(home_with_tiny: Locations, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    opened = threading.Event()

    def write() -> None:
        pipe.open("wb").close()  # waits for a reader
        opened.set()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    with Session(home_with_tiny) as session:
        batch = [Source(str(pipe), path=pipe), *sources(1)]
        records = [
            one.record for one in ready(list(session.extract(batch, session.task(None, fields=FIELDS))))
        ]
    assert not opened.is_set()
    assert [record.error.kind for record in records if record.error] == ["missing"]
    assert len(records) == 2
    os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
    writer.join(10)


def test_a_defect_in_reading_costs_one_document(
    home_with_tiny: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(source: Source) -> Document:
        if source.id == "doc-1":
            raise RuntimeError("Invoice 1 from ACME")
        return document_of(source)

    monkeypatch.setattr("thresher.app.run.document_of", broken)
    with Session(home_with_tiny) as session:
        records = {
            one.source.id: one.record
            for one in ready(list(session.extract(sources(3), session.task(None, fields=FIELDS))))
        }
    error = records["doc-1"].error
    assert error is not None
    assert "doc-1" in error.message
    assert "RuntimeError" in error.message
    assert "ACME" not in error.message
    assert {records[name].status for name in ("doc-0", "doc-2")} <= {"ok", "partial"}


@pytest.mark.parametrize("step", ["extraction.asking.Asker.ask", "flow.heard", "in_work.merge"])
def test_a_defect_after_reading_costs_one_document(
    home_with_tiny: Locations, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    where = f"thresher.app.{step}"
    whole, broken = pkgutil.resolve_name(where), [True]

    def breaks_once(*given: object, **named: object) -> object:
        if broken:
            broken.pop()
            raise RuntimeError("Invoice 1 from ACME")
        return whole(*given, **named)

    monkeypatch.setattr(where, breaks_once)
    with Session(home_with_tiny) as session:
        records = [
            one.record for one in ready(list(session.extract(sources(3), session.task(None, fields=FIELDS))))
        ]
    assert len(records) == 3
    (error,) = [one.error for one in records if one.error]
    assert "RuntimeError" in error.message
    assert "ACME" not in error.message


def test_a_stopped_engine_ends_the_run_and_the_next_has_another(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=FIELDS)
        events = session.extract(sources(200), task)
        assert any(isinstance(event, RecordReady) for event in events)
        engine = session._warm.engine
        assert engine is not None
        engine.close()
        with pytest.raises(ModelError, match="has stopped"):
            list(events)
        assert len(ready(list(session.extract(sources(2), task, again=True)))) == 2


def test_a_run_whose_model_cannot_be_loaded_is_over(
    home_with_tiny: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ModelError("tiny: cannot be loaded")

    monkeypatch.setattr("thresher.app.engine.weights.load_weights", broken)
    with Session(home_with_tiny) as session:
        with pytest.raises(ModelError, match="cannot be loaded"):
            list(session.extract(sources(2), session.task(None, fields=FIELDS)))
        assert session.store.runs()[0].cancelled


def test_cancelling_keeps_what_is_finished(home_with_tiny: Locations) -> None:
    cancel = threading.Event()
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=FIELDS)
        events = []
        for event in session.extract(sources(200), task, cancel=cancel):
            events.append(event)
            if isinstance(event, RecordReady):
                cancel.set()
        end = events[-1]
        assert isinstance(end, RunFinished)
        assert end.cancelled
        assert len(session.store.records(end.run)) == len(ready(events)) < 200
        # The engine is free for the next batch.
        assert len(ready(list(session.extract(sources(2), task, again=True)))) == 2


def test_cancelling_while_a_document_is_read_loads_no_model(home_with_tiny: Locations) -> None:
    cancel = threading.Event()
    with Session(home_with_tiny) as session:
        told = []
        for event in session.extract(sources(2), session.task(None, fields=FIELDS), cancel=cancel):
            told.append(type(event))
            if isinstance(event, DocumentStarted):
                cancel.set()
    assert told == [RunStarted, DocumentStarted, RunFinished]


def test_the_fields_of_a_source_are_asked_beside_the_packs(home_with_tiny: Locations) -> None:
    own = Source("a", text="Paid by Ann Lee", fields=FIELDS[:1])
    with Session(home_with_tiny) as session:
        task = session.task("expenses", "receipt")
        plain, one = ready(list(session.extract([Source("b", text=own.text), own], task)))
        assert list(plain.record.values) == [field.name for field in task.fields]
        assert list(one.record.values) == [*plain.record.values, "who"]
        # One that brings no other field is asked as one that brings none.
        (same,) = ready(list(session.extract([Source("c", text=own.text, fields=task.fields)], task)))
    assert list(same.record.values) == list(plain.record.values)
    assert same.reused


def test_fields_may_come_with_each_source(home_with_tiny: Locations) -> None:
    own = [
        Source(f"q{n}", text="Revenue was 5 million", fields=(Field(name=f"Q{n}?", type="string"),))
        for n in range(3)
    ]
    with Session(home_with_tiny) as session:
        task = session.task("financial", "report_question")
        records = [one.record for one in ready(list(session.extract(own, task)))]
        assert sorted(name for record in records for name in record.values) == ["Q0?", "Q1?", "Q2?"]
        with pytest.raises(UsageError, match="doc-0: no field"):
            list(session.extract(sources(1), task))


def test_what_does_not_exist_is_named(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        with pytest.raises(UsageError, match="Did you mean 'expenses'"):
            session.task("expense")
        with pytest.raises(UsageError, match="no adapter 'mine'"):
            session.task("expenses", adapter="mine")
        with pytest.raises(NoModelError, match="thresher models pull"):
            session.task("expenses", model="absent")


def test_accepting_needs_a_calibration_and_the_message_has_the_command_that_makes_it(
    home_with_tiny: Locations,
) -> None:
    with Session(home_with_tiny) as session:
        asked = session.task("expenses", "receipt", adapter="none")
        command = "thresher calibrate --domain expenses --record-type receipt --model tiny --adapter none"
        with pytest.raises(UsageError, match=command):
            session.judge(asked, 0.98)
        alone = session.task(None, fields=[Field(name="company", type="string")])
        with pytest.raises(UsageError, match="into a pack of your own"):
            session.judge(alone, 0.98)
        assert session.judge(asked).wanted is None


def test_extraction_opens_no_socket(home_with_tiny: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a network connection was tried")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    with Session(home_with_tiny) as session:
        assert len(ready(list(session.extract(sources(2), session.task(None, fields=FIELDS))))) == 2


def test_a_killed_batch_loses_no_finished_record(home_with_tiny: Locations, tmp_path: Path) -> None:
    lines = [json.dumps({"id": one.id, "input": one.text}) for one in sources(60)]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(lines), "utf-8")
    command = [sys.executable, "-c", "from thresher.app.cli.main import main; main()", "extract"]
    command += ["--records", str(batch), "--field", "who:string", "--field", "paid:boolean"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    told = [json.loads(process.stdout.readline())["id"] for _ in range(5)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=FIELDS)
        before = {one.record.id for run in session.store.runs() for one in session.store.records(run.id)}
        assert set(told) <= before
        batch_sources = [Source(one.id, text=one.text) for one in sources(60)]
        again = ready(list(session.extract(batch_sources, task)))
    assert {one.source.id for one in again if one.reused} == before
    assert len({one.source.id for one in again}) == 60
