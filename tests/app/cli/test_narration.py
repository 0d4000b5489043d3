import json
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from thresher.adapters.visible import one_line
from thresher.app.cli.extract import cancelled_by_ctrl_c
from thresher.app.cli.narration import Narrator
from thresher.app.events import (
    DocumentStarted,
    Event,
    ModelLoading,
    Progress,
    RecordReady,
    RunFinished,
    RunStarted,
)
from thresher.app.record import Outcome, Record, RecordError, Status, Value, Windows
from thresher.app.sources import Source

GOOD = Source("in/good.txt", Path("in/good.txt"))
BAD = Source("in/locked.pdf", Path("in/locked.pdf"))


def record(source: Source, error: RecordError | None = None) -> Record:
    status: Status = "failed" if error else "ok"
    return Record(source.id, str(source.path), None, "d", "r", "starter", None, status, error, {}, 2.0)


#: Of a document that was read in part.
NOTED = replace(record(GOOD), windows=Windows(8, 22), notes=("page 3 holds no text",))


def events(message: str, *, cancelled: bool = False) -> list[Event]:
    return [
        RunStarted(7, 3),
        Progress(0, 3, 130.0, "asking"),
        RecordReady(GOOD, NOTED, reused=True),
        RecordReady(BAD, record(BAD, RecordError("encrypted", message)), reused=False),
        RunFinished(7, 1, 0, 1, cancelled, 4.0),
    ]


def told(capfd: pytest.CaptureFixture[str], narrator: Narrator, story: list[Event]) -> list[str]:
    with narrator:
        for event in story:
            narrator.tell(event)
    narrator.summarise()
    out, err = capfd.readouterr()
    assert out == "", "stdout belongs to the records"
    return err.splitlines()


def test_the_values_of_a_document_that_failed_are_not_among_those_to_look_at(
    capfd: pytest.CaptureFixture[str],
) -> None:
    taken = Value(None, Outcome.ABSENT, 0.9, accepted=True)
    lost = Value(None, Outcome.FAILED, None, accepted=False)
    good = replace(record(GOOD), values={"a": taken, "b": lost}, status="partial")
    bad = replace(record(BAD, RecordError("encrypted", "locked.pdf: no.")), values={"a": lost, "b": lost})
    records = [RecordReady(GOOD, good, False), RecordReady(BAD, bad, False)]
    said = told(capfd, Narrator(), [RunStarted(7, 2), *records, RunFinished(7, 0, 1, 1, False, 4.0)])
    assert "accepted unseen 1 of 2 values (50.0%); the rest wants a look" in said


def test_without_a_terminal_each_step_is_a_plain_line(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator()
    assert told(capfd, narrator, events("locked.pdf: asks for a password. Save it without.")) == [
        "run 7: 3 documents",
        "note: good.txt: page 3 holds no text",
        "note: good.txt: the model reads 8 of 22 parts, those that fit the fields best",
        "1/3 good.txt: ok (done before, about 2 min left)",
        "error: in/locked.pdf: asks for a password. Save it without.",
        "run 7: 2 documents (1 of them done before): 1 ok, 1 failed, in 4.0 s",
    ]
    assert narrator.exit_code == 1


def test_the_last_document_leaves_no_time(capfd: pytest.CaptureFixture[str]) -> None:
    story: list[Event] = [
        RunStarted(7, 2),
        Progress(0, 2, 26.0, "extracting"),
        RecordReady(GOOD, record(GOOD), reused=False),
        RecordReady(GOOD, record(GOOD), reused=False),
    ]
    assert told(capfd, Narrator(), story)[1:] == [
        "1/2 good.txt: ok (2.0 s, about 26 s left)",
        "2/2 good.txt: ok (2.0 s)",
    ]


def test_a_failed_document_is_named_where_its_message_does_not(capfd: pytest.CaptureFixture[str]) -> None:
    lines = told(capfd, Narrator(quiet=True), events("asks for a password"))
    assert lines == ["error: in/locked.pdf: asks for a password"]


def test_documents_of_one_name_are_told_apart(capfd: pytest.CaptureFixture[str]) -> None:
    batch = [Source(f"in/{year}/scan.pdf", Path(f"in/{year}/scan.pdf")) for year in (2023, 2024)]
    empty = RecordError("empty", "scan.pdf: the file is empty. Get it again from where it came.")
    narrator = Narrator()
    narrator.reads([*batch, GOOD])
    noted = replace(record(batch[1]), notes=("page 3 holds no text",))
    lines = told(
        capfd,
        narrator,
        [
            RunStarted(7, 3),
            RecordReady(batch[0], record(batch[0], empty), reused=False),
            RecordReady(batch[1], noted, reused=False),
            RecordReady(GOOD, record(GOOD), reused=False),
        ],
    )
    assert lines[1:] == [
        "error: in/2023/scan.pdf: the file is empty. Get it again from where it came.",
        "note: in/2024/scan.pdf: page 3 holds no text",
        "2/3 in/2024/scan.pdf: ok (2.0 s)",
        "3/3 good.txt: ok (2.0 s)",
    ]


def test_json_writes_errors_and_notes_as_lines_of_json_and_no_prose(
    capfd: pytest.CaptureFixture[str],
) -> None:
    narrator = Narrator(as_json=True)
    narrator.notes("out.csv is not read: the records go there")
    lines = told(capfd, narrator, events("asks for a password"))
    part = "the model reads 8 of 22 parts, those that fit the fields best"
    error = {"kind": "encrypted", "message": "asks for a password", "document": "in/locked.pdf"}
    assert [json.loads(line) for line in lines] == [
        {"kind": "note", "message": "out.csv is not read: the records go there"},
        {"kind": "note", "message": "page 3 holds no text", "document": "in/good.txt"},
        {"kind": "note", "message": part, "document": "in/good.txt"},
        error,
    ]
    quiet = told(capfd, Narrator(as_json=True, quiet=True), events("asks for a password"))
    assert [json.loads(line) for line in quiet] == [error]


def test_what_makes_the_model_slow_is_told_once_it_is_loaded(capfd: pytest.CaptureFixture[str]) -> None:
    story: list[Event] = [RunStarted(7, 1), ModelLoading("starter", "no fast BLAS. Install OpenBLAS.")]
    assert told(capfd, Narrator(), story)[1:] == ["note: no fast BLAS. Install OpenBLAS."]
    assert told(capfd, Narrator(), [RunStarted(7, 1), ModelLoading("starter")])[1:] == []


def test_what_is_left_out_is_counted(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator()
    narrator.skipped(0)
    narrator.skipped(2, 1)
    assert capfd.readouterr().err.splitlines() == [
        "2 files left out: of no format that is read",
        "1 link to a folder left out: name what is to be read",
    ]


def test_ctrl_c_is_told_as_everything_else_is(capfd: pytest.CaptureFixture[str]) -> None:
    said = "stopping; what is done is kept (Ctrl-C again breaks off)"
    for how, lines in (
        ({}, [f"note: {said}"]),
        ({"as_json": True}, [json.dumps({"kind": "note", "message": said})]),
        ({"quiet": True}, []),
    ):
        with cancelled_by_ctrl_c(tell=Narrator(**how).notes) as cancel:
            signal.raise_signal(signal.SIGINT)
            assert cancel.is_set()
        assert capfd.readouterr().err.splitlines() == lines


def test_a_stopped_run_says_what_is_left_and_how_to_go_on(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator()
    last = told(capfd, narrator, events("locked.pdf: no", cancelled=True))[-1]
    assert "1 document left" in last
    assert "The same command" in last
    assert narrator.exit_code == 130


def test_a_terminal_gets_a_bar_and_lines_above_it(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with Narrator() as narrator:
        assert narrator._bar is not None
        for event in events("locked.pdf: no"):
            narrator.tell(event)
        assert narrator._bar.tasks[0].total == 3
    assert "locked.pdf: no" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["[bold]x.txt", "[red", "a\x1b[2J\nb.txt"])
def test_the_name_of_a_document_is_no_markup_and_steers_no_terminal(
    capfd: pytest.CaptureFixture[str], name: str
) -> None:
    source = Source(name, Path(name))
    lines = told(capfd, Narrator(), [RunStarted(1, 1), RecordReady(source, record(source), reused=False)])
    assert lines[1:2] == [f"1/1 {one_line(name)}: ok (2.0 s)"]
    assert "\x1b" not in lines[1]


@pytest.mark.parametrize("name", ["[bold]x.txt", "[/red]", "[red"])
def test_the_bar_takes_no_markup_from_a_name(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with Narrator() as narrator:
        narrator.tell(DocumentStarted(Source(name, Path(name))))
        assert narrator._bar is not None
        console = narrator._bar.console
        with console.capture() as seen:
            console.print(narrator._bar.get_renderable())
    assert Path(name).name in seen.get()
