"""The command on real documents with the real starter model: small texts, so that it takes seconds."""

import json
import os
import shlex
import signal
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from thresher.app.locations import Locations

from .conftest import Thresher

SLIP = "CORNER CAFE\n12 Station Road, York\nDate 14/06/2025\nTotal 11.40\n"

#: Of bounded length, so that a model without an adapter comes to an end soon.
FIELDS = ("--field", "date:date:Date of the slip", "--field", "total:number:The total")


@pytest.fixture
def slip(tmp_path: Path) -> Path:
    file = tmp_path / "in" / "slip.txt"
    file.parent.mkdir()
    file.write_text(SLIP)
    return file


def test_a_document_becomes_a_record_and_a_bad_one_does_not_stop_it(
    thresher: Thresher, home_with_starter: Locations, slip: Path
) -> None:
    (slip.parent / "empty.pdf").write_bytes(b"")
    ended = thresher("extract", slip.parent, *FIELDS, "--json")
    assert ended.code == 1
    failed, record = sorted(map(json.loads, ended.out.splitlines()), key=lambda r: r["status"])
    assert (failed["status"], failed["error"]["kind"]) == ("failed", "empty")
    assert json.loads(ended.err)["document"].endswith("empty.pdf")
    assert (record["domain"], record["model"], record["adapter"]) == ("any", "starter", "general-starter")
    assert record["fields"].keys() == {"date", "total"}
    text = thresher("read", slip).out
    for value in record["fields"].values():
        for span in filter(None, value["spans"]):
            assert text[span["start"] : span["end"]] == span["text"]

    again = thresher("extract", slip, *FIELDS)
    assert again.code == 0
    assert "done before" in again.err
    assert json.loads(again.out)["fields"] == record["fields"]


def test_what_of_a_document_was_not_read_stays_with_its_record(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@example.com", "bob@example.com", "Invoice"
    mail.set_content("Please find the invoice attached.")
    mail.add_attachment(b"%PDF-1.7 nothing", maintype="application", subtype="pdf", filename="invoice.pdf")
    file = tmp_path / "mail.eml"
    file.write_bytes(bytes(mail))
    first = thresher("extract", file, *FIELDS, "--json")
    told = json.loads(first.err)
    assert (first.code, told["kind"], told["document"]) == (0, "note", str(file))
    assert "invoice.pdf" in told["message"]
    assert json.loads(first.out)["notes"] == [told["message"]]
    # Also where it was done before, and wherever the record is seen later.
    again = thresher("extract", file, *FIELDS)
    assert f"note: mail.eml: {told['message']}" in again.err
    assert json.loads(again.out)["notes"] == [told["message"]]
    assert "invoice.pdf" in thresher("records", "show", 2).out
    assert json.loads(thresher("records", "show", 2, "--json").out)["notes"] == [told["message"]]
    assert "record.notes" in thresher("runs", "export", 2, "--format", "csv").out


def test_texts_with_their_own_fields_need_no_domain_of_their_own(
    thresher: Thresher, home_with_starter: Locations, tmp_path: Path
) -> None:
    lines = tmp_path / "texts.jsonl"
    fields = [{"name": "total", "type": "number", "description": "The total"}]
    lines.write_text(json.dumps({"id": "a", "input": SLIP, "fields": fields}) + "\n")
    target = tmp_path / "out.csv"
    ended = thresher(
        "extract", "--records", lines, "-d", "financial", "-r", "report_question", "-o", target, "--quiet"
    )
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert "total" in target.read_text("utf-8-sig").splitlines()[0]


def test_texts_of_several_files_have_ids_of_their_own(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for file in files:
        file.write_text(json.dumps({"input": f"Total 11.40 of {file.name}"}) + "\n")
    given = ("--records", files[0], "--records", files[1])
    ended = thresher("extract", *given, *FIELDS)
    assert ended.code == 0
    assert sorted(json.loads(line)["id"] for line in ended.out.splitlines()) == [f"{f}:1" for f in files]
    for file in files:
        file.write_text(json.dumps({"id": "r1", "input": "Total 11.40"}) + "\n")
    refused = thresher("extract", *given, *FIELDS)
    assert (refused.code, refused.out) == (2, "")
    assert f"{files[1]}:1: the id 'r1' is on line 1 of {files[0]} too" in refused.err


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(
    home_with_starter: Locations, tmp_path: Path
) -> None:
    process = extracting(home_with_starter, many_slips(tmp_path))
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, told = process.communicate(timeout=120)
    err = told.decode()
    assert process.returncode == 130, err
    records = [json.loads(line) for line in (first + rest).splitlines()]
    assert 1 <= len(records) < 24
    assert f"{24 - len(records)} documents left" in err
    assert "The same command" in err


def test_ctrl_c_leaves_a_file_that_is_there(home_with_starter: Locations, tmp_path: Path) -> None:
    target = tmp_path / "records.csv"
    target.write_text("of yesterday")
    process = extracting(home_with_starter, many_slips(tmp_path), "-o", target, "--overwrite")
    assert process.stderr is not None
    while b"/24 " not in process.stderr.readline():  # the first document that is done
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 130, told.decode()
    assert target.read_text() == "of yesterday"
    assert {path.name for path in tmp_path.iterdir()} == {"many", "records.csv", home_with_starter.home.name}


def many_slips(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(24):
        (folder / f"{number}.txt").write_text(SLIP.replace("11.40", f"{number}.40"))
    return folder


def extracting(home: Locations, *arguments: object) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", "from thresher.app.cli.main import main; main()",
         "extract", *map(str, arguments), *FIELDS],
        env={**os.environ, "THRESHER_HOME": str(home.home)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        bufsize=0,  # a buffer would keep lines that came with the first from `communicate`
    )  # fmt: skip


def test_without_a_model_the_code_is_3_and_the_message_says_what_to_do(
    thresher: Thresher, slip: Path
) -> None:
    ended = thresher("extract", slip, "-d", "expenses")
    assert ended.code == 3
    assert "thresher models pull starter" in ended.err


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "nothing to read"),
        (["SLIP"], "--field"),
        (["SLIP", "-d", "expense"], "'expenses'"),
        (["SLIP", "-d", "expenses", "-r", "bill"], "receipt"),
        (["SLIP", "-d", "expenses", "--field", "total"], "NAME:TYPE"),
        (["SLIP", "-d", "expenses", "--adapter", "ghost"], "ghost"),
        (["SLIP", "-d", "expenses", "--output", "records.dat"], "--format"),
        (["SLIP", "-d", "expenses", "--format", "pdf"], "--format"),
        (["--records", "none.jsonl", "-d", "expenses"], "none.jsonl"),
    ],
)
def test_wrong_use_ends_before_any_work(
    thresher: Thresher, home_with_starter: Locations, slip: Path, arguments: list[str], word: str
) -> None:
    ended = thresher("extract", *[slip if a == "SLIP" else a for a in arguments])
    assert ended.code == 2
    assert word in ended.err
    assert ended.out == ""


def test_a_document_that_is_not_there_is_one_that_failed(
    thresher: Thresher, home_with_tiny: Locations, slip: Path, tmp_path: Path
) -> None:
    for missing in (tmp_path / "none.pdf", tmp_path / "x*.pdf"):
        ended = thresher("extract", missing, slip, *FIELDS)
        assert ended.code == 1
        assert missing.name in ended.err
        failed, other = (json.loads(line)["status"] == "failed" for line in ended.out.splitlines())
        assert failed
        assert not other


def test_files_are_looked_for_at_home_and_one_of_records_must_be_a_file(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell leaves the `~` of `--records=~/FILE` as it is."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "texts.jsonl").write_text(json.dumps({"id": "a", "input": SLIP}) + "\n")
    assert thresher("extract", "--records=~/texts.jsonl", "--output=~/out.jsonl", *FIELDS).code == 0
    assert json.loads((tmp_path / "out.jsonl").read_text())["id"] == "a"
    ended = thresher("extract", "--records", tmp_path, *FIELDS)
    assert (ended.code, ended.out) == (2, "")
    assert f"{tmp_path}: is a folder. Name a file in it." in ended.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_records_that_a_full_disk_does_not_take_are_no_wrong_use(
    home_with_tiny: Locations, slip: Path
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from thresher.app.cli.main import main; main()",
             "extract", str(slip), *FIELDS],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=120,
        )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "the records cannot be written (No space left on device)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_batch_whose_reader_leaves_says_that_it_is_not_done(home_with_tiny: Locations, slip: Path) -> None:
    start = "from thresher.app.cli.main import main; main()"
    command = shlex.join([sys.executable, "-c", start, "extract", str(slip), *FIELDS, "--quiet"])
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stderr == (
        "error: what reads the output has gone. What is done is kept: the same command goes on.\n"
    )


def test_a_file_of_records_is_not_replaced_by_what_is_extracted_from_it(
    thresher: Thresher, home_with_tiny: Locations, tmp_path: Path
) -> None:
    texts, link = tmp_path / "texts.jsonl", tmp_path / "link.jsonl"
    texts.write_text(json.dumps({"id": "a", "input": SLIP}) + "\n")
    link.symlink_to(texts)
    before = texts.read_bytes()
    ended = thresher("extract", "--records", texts, "-o", link, "--overwrite", *FIELDS)
    assert (ended.code, texts.read_bytes()) == (2, before)
    assert f"{texts} is to be read and written. Choose another name for --output." in ended.err
    unfinished = texts.rename(tmp_path / "out.jsonl.partial")
    assert thresher("extract", "--records", unfinished, "-o", tmp_path / "out.jsonl", *FIELDS).code == 2
    assert unfinished.read_bytes() == before


def test_a_pack_of_the_users_that_is_broken_is_told_and_never_stood_in_for(
    thresher: Thresher, home_with_tiny: Locations, slip: Path
) -> None:
    broken = [home_with_tiny.packs / name / "pack.yaml" for name in ("expenses", "mine")]
    for file in broken:
        file.parent.mkdir(parents=True)
        file.write_text("format: 1\ntitle: {{ title }}\n")
    for file in broken:
        ended = thresher("extract", slip, "-d", file.parent.name)
        assert (ended.code, ended.out) == (2, "")
        assert f"error: {file}: line 2" in ended.err
        assert thresher("calibrate", "-d", file.parent.name, "--corrections").code == 2
    other = thresher("extract", slip, "-d", "hr")
    assert other.code == 0
    assert all(f"warning: {file}: line 2" in other.err for file in broken)
    assert thresher("extract", slip, "-d", "hr", "--quiet").err == ""
    told = [json.loads(line) for line in thresher("extract", slip, "-d", "hr", "--json").err.splitlines()]
    assert [one["kind"] for one in told] == ["note", "note"]
    assert all(one["message"].startswith(f"{file}: line 2") for one, file in zip(told, broken, strict=True))
    assert thresher("extract", slip, "-d", "hr", "--json", "--quiet").err == ""
    assert "line 2" in thresher("adapters", "list").err


def test_an_output_that_exists_is_not_replaced_unless_asked(
    thresher: Thresher, home_with_starter: Locations, slip: Path, tmp_path: Path
) -> None:
    target = tmp_path / "records.jsonl"
    target.write_text("mine")
    ended = thresher("extract", slip, "-d", "expenses", "-o", target)
    assert ended.code == 2
    assert target.read_text() == "mine"
