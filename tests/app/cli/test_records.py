import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from thresher.adapters.fields import Field
from thresher.app.documents.document import Document, Place
from thresher.app.locations import Locations
from thresher.app.record import Outcome, Record, RecordError, Span, Value
from thresher.app.store import Store
from thresher.app.task import Task

from .. import lease
from ..own_pack import write_pack
from .conftest import Thresher

FIELDS = (
    Field(name="shop", type="string"),
    Field(name="total", type="number"),
    Field(name="paid", type="boolean"),
    Field(name="items", type="list[string]"),
    Field(name="sign", type="enum", values=("+", "-")),
)
TEXT = "Corner Shop\nTotal 12.50"


@pytest.fixture
def past_run(home: Locations) -> int:
    """A run with one whole and one failed record, stored as a session stores them."""
    task = Task("expenses", "receipt", "Find it.", FIELDS)
    shop = Span(0, 11, "Corner Shop", "exact", Place(page=2))
    values = {
        "shop": Value("Corner Shop", Outcome.FOUND, 0.9, (shop,)),
        "total": Value(99.0, Outcome.UNGROUNDED, 0.2, (None,)),
        "paid": Value(None, Outcome.ABSENT, 0.8),
        "items": Value([], Outcome.ABSENT, 0.8),
        "sign": Value(None, Outcome.ABSENT, 0.8),
    }
    document = Document("slip.txt", "a" * 64, "text", TEXT)
    error = RecordError("encrypted", "locked.pdf: asks for a password. Save it without.")
    whole = Record(
        "slip.txt", "in/slip.txt", "a" * 64, "expenses", "receipt", "starter", None, "ok", None, values, 1.0
    )
    failed = Record(
        "locked", "in/locked.pdf", None, "expenses", "receipt", "starter", None, "failed", error, {}, 0.1
    )
    with Store.open(home) as store:
        run = store.start_run(task, "hash", 2)
        store.save_record(run, whole, "hash", document)
        store.save_record(run, failed, "hash", None)
        store.finish_run(run, cancelled=False)
    return run


def test_runs_lists_what_was_done(thresher: Thresher, past_run: int) -> None:
    (run,) = json.loads(thresher("runs", "list", "--json").out)
    assert (run["run"], run["ok"], run["failed"], run["total"]) == (past_run, 1, 1, 2)
    assert "expenses/receipt  2 of 2: 1 ok, 1 failed" in thresher("runs").out


def test_a_new_home_has_no_runs_and_says_how_to_start(thresher: Thresher) -> None:
    assert "thresher extract" in thresher("runs").out


@pytest.mark.parametrize("command", [("runs", "export"), ("records", "list")])
def test_a_run_that_is_not_there_and_one_without_records_are_told_apart(
    thresher: Thresher,
    past_run: int,
    home: Locations,
    command: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Store.open(home) as store:
        empty = store.start_run(Task("expenses", "receipt", "Find it.", FIELDS), "hash", 2)
    unknown, killed = thresher(*command, 77), thresher(*command, empty)
    monkeypatch.setattr(Store, "goes_on", lambda *_: True)  # as where another process works on it
    early = thresher(*command, empty)
    assert (unknown.code, early.code, killed.code) == (2, 2, 2)
    assert "there is no run 77" in unknown.err
    assert f"run {empty} has no record yet" in early.err
    assert f"run {empty} was broken off before its first record" in killed.err


def test_a_run_that_is_not_whole_is_exported_with_a_word(
    thresher: Thresher, past_run: int, home: Locations
) -> None:
    with Store.open(home) as store:
        stored = store.records(past_run)[0]
        short = store.start_run(Task("expenses", "receipt", "Find it.", FIELDS), "hash", 3)
        store.save_record(short, stored.record, "hash", Document("slip.txt", "a" * 64, "text", TEXT))
    whole, part = thresher("runs", "export", past_run), thresher("runs", "export", short)
    assert (whole.code, whole.err) == (0, "")
    assert (part.code, len(part.out.splitlines())) == (0, 1)
    assert part.err == (
        f"note: run {short} has 1 of its 3 documents; the command that began it goes on with the others\n"
    )
    with Store.open(home) as store:
        store.forget_document("a" * 64)
    forgotten = thresher("runs", "export", past_run)
    assert (forgotten.code, forgotten.err) == (0, "")


def test_a_run_is_exported_in_a_format_guessed_from_the_ending(
    thresher: Thresher, past_run: int, tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"
    assert thresher("runs", "export", past_run, "--output", target).code == 0
    header, first, *_ = target.read_text("utf-8-sig").splitlines()
    assert "shop" in header
    assert "Corner Shop" in first
    again = thresher("runs", "export", past_run, "--output", target)
    assert again.code == 2
    assert "--overwrite" in again.err
    assert thresher("runs", "export", past_run, "--output", target, "--overwrite").code == 0
    unclear = thresher("runs", "export", past_run, "--output", tmp_path / "out.dat")
    assert unclear.code == 2
    assert "--format" in unclear.err


def test_an_exported_run_has_dates_where_a_records_own_fields_say_so(
    thresher: Thresher, home: Locations, past_run: int, tmp_path: Path
) -> None:
    with Store.open(home) as store:
        record = replace(store.record(1).record, values={"due": Value("2024-03-05", Outcome.FOUND, 0.9)})
        document = store.document_of(1)
        store.save_record(past_run, record, "other", document, [Field(name="due", type="date")])
    target = tmp_path / "out.xlsx"
    assert thresher("runs", "export", past_run, "--output", target).code == 0
    header, *rows = openpyxl.load_workbook(target)["records"].values
    assert rows[-1][header.index("due")] == datetime(2024, 3, 5)


def test_an_output_that_can_have_no_such_name_is_told(
    thresher: Thresher, past_run: int, tmp_path: Path
) -> None:
    ended = thresher("runs", "export", past_run, "--output", tmp_path / ("x" * 300 + ".csv"))
    assert ended.code == 2
    assert "too long" in ended.err


def test_an_export_to_stdout_is_json_lines(thresher: Thresher, past_run: int) -> None:
    lines = [json.loads(line) for line in thresher("runs", "export", past_run).out.splitlines()]
    assert [line["status"] for line in lines] == ["ok", "failed"]
    assert thresher("runs", "export", past_run + 1).code == 2


def test_show_has_value_outcome_place_and_the_text_that_states_it(thresher: Thresher, past_run: int) -> None:
    lines = thresher("records", "show", 1).out.splitlines()
    assert "✓ shop    ~90%  Corner Shop  page 2, 0–11: Corner Shop" in lines[0]
    assert lines[1].split() == ["?", "total", "~20%", "99", "ungrounded"]
    assert lines[2].split()[-1] == "absent"


def test_list_numbers_the_records(thresher: Thresher, past_run: int) -> None:
    assert [
        json.loads(line)["record"]
        for line in thresher("records", "list", past_run, "--json").out.splitlines()
    ] == [1, 2]
    assert "in/locked.pdf" in thresher("records", "list", past_run).out


def test_a_name_that_is_no_text_is_written_as_its_escape(
    thresher: Thresher, home: Locations, past_run: int, strict_stdout: None
) -> None:
    with Store.open(home) as store:
        record = replace(store.record(1).record, id="caf\udce9.txt", path="in/caf\udce9.txt")
        number = store.save_record(past_run, record, "hash", None)
    last = thresher("records", "list", past_run, "--json").out.splitlines()[-1]
    shown = thresher("records", "show", number, "--json").out
    for line in (last, shown):
        assert json.loads(line)["id"] == "caf\udce9.txt"


def test_a_number_that_no_record_can_have(thresher: Thresher, past_run: int) -> None:
    for command in (("records", "show"), ("records", "list"), ("runs", "export")):
        ended = thresher(*command, 99999999999999999999)
        assert (ended.code, ended.out) == (2, "")
        assert "99999999999999999999" in ended.err


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("shop", "123", "123"),
        ("shop", "null", None),
        ("total", "12.5", 12.5),
        ("total", "-5.25", -5.25),
        ("total", "12345678901234567", 12345678901234567),
        ("shop", "-n", "-n"),
        ("paid", "true", True),
        ("items", '["pear", "plum"]', ["pear", "plum"]),
        ("items", "null", []),
        ("sign", "-", "-"),
        ("sign", "null", None),
    ],
)
def test_a_correction_takes_the_form_of_its_field(
    thresher: Thresher, past_run: int, field: str, typed: str, value: object
) -> None:
    assert thresher("records", "correct", 1, field, typed, "--note", "seen on paper").code == 0
    told = json.loads(thresher("records", "show", 1, "--json").out)
    assert told["fields"][field]["value"] == value
    assert told["corrected"] == [field]


def test_what_is_counted_from_a_correction_is_told(thresher: Thresher, home: Locations) -> None:
    with Store.open(home) as store:
        run = store.start_run(Task("any", "record", "Find it.", lease.FIELDS), "hash", 1)
        number = store.save_record(run, lease.LEASE, "hash", lease.DOCUMENT)
    corrected = f"record {number}: begins is corrected"
    assert thresher("records", "correct", number, "begins", "2020-02-29").out.splitlines() == [
        corrected,
        f"record {number}: ends is counted anew: 2023-02-28",
    ]
    shown = thresher("records", "show", number).out
    assert "2023-02-28" in shown
    assert thresher("records", "correct", number, "begins", "null").out.splitlines() == [
        corrected,
        f"record {number}: ends is left out: there is no date to count it from any more",
    ]


@pytest.mark.parametrize(
    ("field", "typed"), [("total", "twelve"), ("paid", "1.5"), ("colour", "red"), ("items", "pear")]
)
def test_a_correction_that_does_not_fit_is_refused_by_name(
    thresher: Thresher, past_run: int, field: str, typed: str
) -> None:
    ended = thresher("records", "correct", 1, field, typed)
    assert ended.code == 2
    assert field in ended.err


def test_a_record_that_is_right_becomes_an_example_of_a_pack_of_ones_own(
    thresher: Thresher, home: Locations, past_run: int
) -> None:
    shipped = thresher("records", "example", 1)
    assert shipped.code == 2
    assert "expenses is no pack of your own" in shipped.err
    own = write_pack(home.packs, "expenses", "receipt", FIELDS)
    doubtful = thresher("records", "example", 1)
    assert doubtful.code == 2
    assert "not known to be right: total." in doubtful.err
    assert thresher("records", "correct", 1, "total", "12.50").code == 0
    kept = thresher("records", "example", 1)
    assert (kept.code, kept.err) == (0, "")
    assert kept.out == f"Kept as an example: {own / 'examples' / 'receipt' / 'slip-aaaaaaaa.txt'}.\n"
    assert "1 example: good" in thresher("packs", "check", own).out
