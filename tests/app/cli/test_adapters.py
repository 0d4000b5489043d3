"""`thresher adapters`: what each command does, tells, and ends with."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from thresher.app.events import RunFinished, RunStarted
from thresher.app.locations import Locations
from thresher.app.models import local
from thresher.app.training.process import TrainingStopped

from ..conftest import AddAdapter
from .conftest import Ended, Thresher

PAPER = (
    '{"id": "x", "input": "Letter of 3 March 2024 from ACME about bolts", "output": {"company": "ACME"}}\n'
)


def told(ended: Ended) -> list[dict[str, Any]]:
    assert ended.code == 0, ended.err
    adapters: list[dict[str, Any]] = json.loads(ended.out)["adapters"]
    return adapters


def test_list_says_which_is_live_and_why_one_is_not_used(
    thresher: Thresher, add_adapter: AddAdapter, home_with_tiny: Locations
) -> None:
    assert "There is no adapter" in thresher("adapters", "list").out
    score = {"domain": "expenses", "record_type": "receipt", "records": 9, "f1": 0.914, "all_right": 0.5}
    first = add_adapter("one", 1, scores=[score])
    add_adapter("wide", 2, domain=None)
    broken = add_adapter("cut", 3)
    weights = broken / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    manifest = json.loads((first / "manifest.json").read_text("utf-8"))
    shutil.copytree(first, home_with_tiny.adapters / "old")
    manifest["pack"]["hash"] = "1" * 64
    (home_with_tiny.adapters / "old" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert thresher("adapters", "promote", "one").code == 0
    ended = thresher("adapters", "list")
    lines = ended.out.splitlines()
    assert ended.code == 0
    assert lines[0].split() == ["old", "expenses", "tiny", "receipt", "0.91"]
    assert "not used: it was made for the pack expenses (111111111111), here is expenses (" in lines[1]
    assert lines[2].split() == ["one", "expenses", "tiny", "receipt", "0.91", "<-", "live"]
    assert lines[3].split() == ["wide", "any", "domain", "tiny", "no", "score"]
    assert "BROKEN: adapter_model.safetensors: not a whole safetensors file" in lines[4]
    as_json = {each["name"]: each for each in told(thresher("adapters", "list", "--json"))}
    assert as_json["one"]["live"] == ["expenses/receipt"]
    assert as_json["one"]["problems"] == []
    assert as_json["one"]["scores"][0]["f1"] == 0.914
    assert as_json["old"]["live"] == []
    assert [each["what"] for each in as_json["old"]["problems"]] == ["the pack"]
    assert [each["name"] for each in told(thresher("adapters", "list", "-d", "legal", "--json"))] == ["wide"]
    assert json.loads(thresher("adapters", "list", "--json").out)["broken"][0]["name"] == "cut"


def test_inspect_tells_all_that_the_manifest_knows(thresher: Thresher, add_adapter: AddAdapter) -> None:
    parent = add_adapter("first", 1)
    manifest = json.loads((parent / "manifest.json").read_text("utf-8"))
    cues = {"labels": 40, "bias": -2.0, "weights": {"paid": 1.0}}
    add_adapter(
        "second",
        2,
        parent=manifest["weights"],
        cues={"expenses/receipt": {"is_paid": cues}},
        letters={"expenses/receipt": {"documents": 40, "in_capitals": 38}},
    )
    thresher("adapters", "promote", "second")
    thresher("adapters", "rollback", "-d", "expenses")
    ended = thresher("adapters", "inspect", "second")
    assert ended.code == 0
    for words in (
        "second: for expenses, trained 2026-01-02",
        "base       tiny (",
        "installed as tiny",
        "matrices   14 layers, rank 4, alpha 8, ",
        "parent     first (",
        "cues       of 1 field of expenses/receipt",
        "capitals   38 of 40 documents of expenses/receipt",
        "promoted   for expenses: ",
    ):
        assert words in ended.out
    shown = json.loads(thresher("adapters", "inspect", "second", "--json").out)
    assert (shown["layers"], shown["rank"], shown["alpha"]) == (14, 4, 8.0)
    assert shown["manifest"]["parent"] == manifest["weights"]
    assert shown["history"][0]["domain"] == "expenses"
    assert shown["history"][0]["ended"]
    missing = thresher("adapters", "inspect", "secon", "--json")
    assert missing.code == 2
    assert "Did you mean 'second'?" in json.loads(missing.err)["message"]


def test_verify_reads_every_byte_and_ends_with_1(thresher: Thresher, add_adapter: AddAdapter) -> None:
    add_adapter("good", 1)
    weights = add_adapter("bad", 2) / "adapter_model.safetensors"
    assert thresher("adapters", "verify").code == 0
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    ended = thresher("adapters", "verify")
    assert ended.code == 1
    assert "good: good" in ended.out
    assert "bad: bad: its matrices or their scale are not those" in ended.out
    assert thresher("adapters", "verify", "good").code == 0
    assert json.loads(thresher("adapters", "verify", "good", "--json").out) == {"good": ""}


def test_promote_roll_back_and_remove(
    thresher: Thresher, add_adapter: AddAdapter, home_with_tiny: Locations
) -> None:
    add_adapter("one", 1)
    add_adapter("wide", 2, domain=None)
    assert "expenses on tiny: one answers from now on" in thresher("adapters", "promote", "one").err
    assert "one is live already" in thresher("adapters", "promote", "one").err
    assert "wide answers" in thresher("adapters", "promote", "wide", "-d", "expenses").err
    assert "wide answers" in thresher("adapters", "promote", "wide", "-d", "any").err
    ended = thresher("adapters", "promote", "wide")
    assert (ended.code, "which is general" in ended.err) == (2, True)
    ended = thresher("adapters", "promote", "one", "-d", "legal")
    assert (ended.code, "made for the domain expenses, here is legal" in ended.err) == (2, True)
    ended = thresher("adapters", "promote", "one", "-d", "legl")
    assert (ended.code, "Did you mean 'legal'?" in ended.err) == (2, True)
    ended = thresher("adapters", "remove", "wide")
    assert (ended.code, "wide is live for any, expenses. Roll back first" in ended.err) == (2, True)
    assert "one answers again" in thresher("adapters", "rollback", "-d", "expenses").err
    assert "the base alone answers" in thresher("adapters", "promote", "none", "-d", "expenses").err
    assert "one answers again" in thresher("adapters", "rollback", "-d", "expenses").err
    # For some record types of a domain.
    for name, types in (("n", ("nda",)), ("c", ("contract",))):
        add_adapter(name, 3, domain="legal", record_types=types)
    told_of_nda = thresher("adapters", "promote", "n").err
    assert "legal (nda) on tiny: n answers from now on" in told_of_nda
    assert "in legal/nda are not calibrated yet: thresher calibrate --domain legal" in told_of_nda
    assert "legal (contract) on tiny: c answers from now on" in thresher("adapters", "promote", "c").err
    ended = thresher("adapters", "promote", "none", "-d", "legal", "-r", "risk_flags")
    assert "legal (risk_flags) on tiny: the base alone answers from now on" in ended.err
    assert "calibrated" not in ended.err
    ended = thresher("adapters", "rollback", "-d", "legal", "-r", "nda")
    assert "legal (nda) on tiny: the base alone answers again" in ended.err
    assert {
        each["name"]: each["live"] for each in told(thresher("adapters", "list", "-d", "legal", "--json"))
    } == {
        "c": ["legal/contract"],
        "n": [],
        "wide": ["any"],
    }
    ended = thresher("adapters", "promote", "c", "-r", "ndas")
    assert (ended.code, "Did you mean 'nda'?" in ended.err) == (2, True)
    assert thresher("adapters", "remove", "one", "--force").code == 0
    assert not (home_with_tiny.adapters / "one").exists()
    ended = thresher("adapters", "rollback", "-d", "expenses")
    assert (ended.code, "nothing was promoted for expenses on tiny" in ended.err) == (2, True)
    assert thresher("adapters", "rollback").code == 2


def test_the_adapter_of_a_base_that_is_not_here_is_shown_and_not_used(
    thresher: Thresher, add_adapter: AddAdapter, home_with_tiny: Locations
) -> None:
    folder = add_adapter("one", 1)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["base"] |= {"name": "qwen3-4b", "fingerprint": "4" * 64}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert "not used: it was made for the base qwen3-4b (444444444444), here is tiny" in (
        thresher("adapters", "list").out
    )
    ended = thresher("adapters", "promote", "one")
    assert ended.code == 2
    assert "Use the base qwen3-4b, or train an adapter for tiny." in ended.err
    ended = thresher("adapters", "export", "one", "--format", "peft", "-o", home_with_tiny.home / "out")
    assert (ended.code, "which is not installed" in ended.err) == (2, True)
    ended = thresher("extract", "-d", "expenses", "--adapter", "one", "--records", paper(home_with_tiny))
    assert (ended.code, "here is tiny" in ended.err) == (2, True)


def paper(home: Locations) -> Path:
    path = home.home / "paper.jsonl"
    path.write_text(PAPER, "utf-8")
    return path


@pytest.mark.parametrize("form", ["peft", "mlx-lm"])
def test_what_is_exported_can_be_imported_and_answers_alike(
    thresher: Thresher, add_adapter: AddAdapter, home_with_tiny: Locations, tmp_path: Path, form: str
) -> None:
    add_adapter("one", 1)
    out = tmp_path / "theirs"
    assert thresher("adapters", "export", "one", "--format", form, "-o", out).code == 0
    assert thresher("adapters", "export", "one", "--format", form, "-o", out).code == 1  # it is there
    ended = thresher("adapters", "import", out)
    assert (ended.code, "--base NAME. Installed: tiny." in ended.err) == (2, True)
    ended = thresher("adapters", "import", out, "--base", "tiny", "-d", "expenses", "--name", "two")
    assert ended.code == 0
    assert "two is there, for expenses on tiny" in ended.err
    assert "note: bound to the weights of tiny" in ended.err
    again = thresher("adapters", "import", out, "--base", "tiny", "--name", "two")
    assert (again.code, "there is an adapter two already" in again.err) == (2, True)
    asked = ("extract", "-d", "expenses", "--records", paper(home_with_tiny))
    assert "asking tiny with the adapter two\n" in thresher(*asked, "--adapter", "two").err
    one, two, base = (json.loads(thresher(*asked, "--adapter", n).out) for n in ("one", "two", "none"))
    assert (one["adapter"], two["adapter"], base["adapter"]) == ("one", "two", None)
    assert one["fields"] == two["fields"] != base["fields"]


def test_one_of_ours_says_itself_what_it_is_for(
    thresher: Thresher, add_adapter: AddAdapter, tmp_path: Path, starter: Path
) -> None:
    folder = add_adapter("far", 1, folder=tmp_path / "far")
    ended = thresher("adapters", "import", folder, "-d", "legal")
    assert (ended.code, "says itself that it is for expenses" in ended.err) == (2, True)
    assert thresher("adapters", "import", folder, "--name", "near").code == 0
    (near,) = told(thresher("adapters", "list", "--json"))
    assert (near["name"], near["domain"], near["model"], near["origin"]) == (
        "near",
        "expenses",
        "tiny",
        "trained",
    )
    places = Locations.default()
    local.add(places.models, starter, "starter")
    ended = thresher("adapters", "import", folder, "--base", "starter")
    assert (ended.code, "far does not fit: it was made for the base tiny" in ended.err) == (2, True)
    ended = thresher("adapters", "import", tmp_path / "nowhere")
    assert (ended.code, "is no folder" in ended.err) == (2, True)
    (tmp_path / "empty").mkdir()
    ended = thresher("adapters", "import", tmp_path / "empty", "--base", "tiny")
    assert (ended.code, "adapter_config.json is missing" in ended.err) == (1, True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.parametrize("file", ["manifest.json", "adapter_config.json", "adapter_model.safetensors"])
def test_a_pipe_in_place_of_a_file_is_told_and_not_waited_for(
    thresher: Thresher, add_adapter: AddAdapter, file: str
) -> None:
    folder = add_adapter("piped", 1)
    (folder / file).unlink()
    os.mkfifo(folder / file)
    listed = thresher("adapters", "list")
    assert listed.code == 0
    (line,) = listed.out.splitlines()
    assert line.startswith("piped  BROKEN: ")
    assert file in line
    assert "no regular file" in line
    brought = thresher("adapters", "import", folder, "--name", "another")
    assert (brought.code, file in brought.err) == (1, True)


def test_what_is_brought_in_does_not_ship_whatever_it_says(
    thresher: Thresher, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    folder = add_adapter("far", 1, folder=tmp_path / "far", origin="shipped")
    assert thresher("adapters", "import", folder).code == 0
    (far,) = told(thresher("adapters", "list", "--json"))
    assert (far["origin"], far["shipped"]) == ("imported", False)


def test_one_of_ours_that_does_not_fit_here_is_not_said_to_answer(
    thresher: Thresher, add_adapter: AddAdapter, tmp_path: Path
) -> None:
    folder = add_adapter("far", 1, folder=tmp_path / "far")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    fits = thresher("adapters", "import", folder, "--name", "fits")
    assert "`thresher adapters promote fits` lets it answer" in fits.err
    for change, problem in (
        ({"hash": "1" * 64}, "the pack expenses (111111111111), here is expenses ("),
        ({"domain": "library"}, "the domain library, here is no such domain. Put"),
    ):
        changed = manifest | {"pack": manifest["pack"] | change}
        (folder / "manifest.json").write_text(json.dumps(changed), "utf-8")
        ended = thresher("adapters", "import", folder, "--name", next(iter(change)))
        assert (ended.code, f"not used: it was made for {problem}" in ended.err) == (0, True)
        assert "lets it answer" not in ended.err


def test_what_a_manifest_says_never_reaches_the_terminal_raw(
    thresher: Thresher, add_adapter: AddAdapter
) -> None:
    folder = add_adapter("one", 1)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    hostile = "\x1b[2Jx"
    manifest["base"] |= {"name": hostile, "architecture": hostile, "fingerprint": hostile}
    manifest["pack"] |= {"domain": hostile, "record_types": [hostile]}
    manifest["cues"] = {hostile: {hostile: {"labels": 40, "bias": 0, "weights": {hostile: 1}}}}
    manifest["source"] = {"format": "peft", "base": hostile, "notes": [hostile]}
    path.write_text(json.dumps(manifest), "utf-8")
    for command in (
        ["list"],
        ["inspect", "one"],
        ["verify"],
        ["promote", "one"],
        ["import", folder, "--name", "b"],
    ):
        ended = thresher("adapters", *command)
        assert "\x1b" not in ended.out + ended.err
        assert ended.out + ended.err


def test_evaluate_says_which_adapter_answered(
    thresher: Thresher, add_adapter: AddAdapter, home_with_tiny: Locations
) -> None:
    add_adapter("one", 1)
    asked = ("evaluate", "-d", "expenses", "-r", "receipt", "--records", paper(home_with_tiny))
    assert "answered by tiny with the adapter one\n" in thresher(*asked, "--adapter", "one").out
    assert "answered by tiny alone\n" in thresher(*asked).out
    thresher("adapters", "promote", "one")
    assert json.loads(thresher(*asked, "--json").out)["adapter"] == "one"
    assert json.loads(thresher(*asked, "--json", "--adapter", "none").out)["adapter"] is None
    ended = thresher(*asked, "--adapter", "two")
    assert (ended.code, "there is no adapter 'two'" in ended.err) == (2, True)


def test_a_live_adapter_that_is_gone_stops_the_run_with_the_remedy(
    thresher: Thresher, add_adapter: AddAdapter, home_with_tiny: Locations
) -> None:
    folder = add_adapter("one", 1)
    thresher("adapters", "promote", "one")
    shutil.rmtree(folder)
    asked = ("extract", "-d", "expenses", "--records", paper(home_with_tiny), "--json")
    ended = thresher(*asked)
    assert (ended.code, ended.out) == (1, "")
    error = json.loads(ended.err)
    assert error["kind"] == "adapter"
    shown = thresher("adapters", "list").out
    assert "one  BROKEN: its folder is missing. It is live for expenses on the base " in shown
    assert "roll back with `thresher adapters rollback --domain expenses --model " in shown
    assert thresher("adapters", "verify").code == 1
    assert "`thresher adapters rollback --domain expenses --model tiny`" in error["message"]
    assert thresher(*asked, "--adapter", "none").code == 0
    assert thresher("adapters", "rollback", "--domain", "expenses", "--model", "tiny").code == 0
    assert thresher(*asked).code == 0


def test_rolling_back_to_one_that_is_gone_says_so(thresher: Thresher, add_adapter: AddAdapter) -> None:
    folder = add_adapter("one", 1)
    add_adapter("two", 2)
    thresher("adapters", "promote", "one")
    thresher("adapters", "promote", "two")
    shutil.rmtree(folder)
    ended = thresher("adapters", "rollback", "-d", "expenses")
    assert ended.code == 0
    assert "expenses on tiny: rolled back. But the adapter one is live" in ended.err
    assert "the base alone answers again" in thresher("adapters", "rollback", "-d", "expenses").err


def test_names_are_completed(add_adapter: AddAdapter) -> None:
    from thresher.app.cli import options
    from thresher.app.cli.extract import extract

    add_adapter("expenses-1", 1)
    add_adapter("north", 1)
    option = next(p for p in extract.params if p.name == "adapter")
    assert [c.value for c in option.shell_complete(None, "n")] == ["north", "none"]  # type: ignore[arg-type]
    assert options.complete_adapter(None, None, "e") == ["expenses-1"]  # type: ignore[arg-type]


def test_a_proof_that_is_stopped_says_so_to_a_person_and_to_a_script(
    thresher: Thresher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> Iterator[object]:
        yield RunStarted(8, 23)
        yield RunFinished(8, 0, 0, 0, cancelled=True, seconds=2.4)
        raise TrainingStopped("the proof was stopped")

    monkeypatch.setattr("thresher.app.training.proving.prove", stopped)
    told = thresher("adapters", "prove", "any")
    assert (told.code, told.out) == (130, "")
    # Of `thresher train`, which ends with a proof, the same command would train anew.
    assert told.err.splitlines() == [
        "run 8: 23 documents",
        "run 8: 0 documents: 0 ok, in 2.4 s",
        "stopped: what is done is kept; 23 documents left.",
        "the proof was stopped",
    ]
    told = thresher("adapters", "prove", "any", "--json")
    assert (told.code, told.out) == (130, "")
    assert json.loads(told.err) == {"kind": "stopped", "message": "the proof was stopped"}
