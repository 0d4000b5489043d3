"""`thresher train` on a tiny base: from labels and corrections to a candidate that answers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from thresher.adapters.manifest import read_manifest
from thresher.adapters.training.command import LOCK_FILE
from thresher.adapters.training.metrics import read_metrics
from thresher.adapters.training.run_config import read_run
from thresher.adapters.training.run_lock import FolderInUse, sole
from thresher.adapters.training.state import STATE_FILE
from thresher.app.cli.main import run_command
from thresher.app.locations import Locations
from thresher.app.registry import folders
from thresher.app.registry.registry import Registry
from thresher.app.session import Session

RECIPE = ["--steps", "6", "--rank", "2", "--learning-rate", "0.01", "--batch-tokens", "1024"]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "labels.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(8):
            day = f"2026-04-{number + 1:02d}"
            output = {"company": f"Shop {number}", "date": day, "total": f"{number}.20"}
            text = f"Shop {number}\n{day}\nTOTAL {number}.20\n"
            file.write(json.dumps({"id": f"l{number}", "input": text, "output": output}) + "\n")
    return path


def test_labels_that_are_not_there_are_wrong_use(
    home_with_tiny: Locations, labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for wrong in (["--labels", "none.jsonl"], ["--labels", str(labels), "--validation", "none.jsonl"]):
        assert run_command(["train", "--domain", "expenses", *wrong, *RECIPE]) == 2
        assert "error: none.jsonl: there is no such file." in capsys.readouterr().err


def test_labels_that_can_be_read_but_once_are_wrong_use(
    home_with_tiny: Locations, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    for wrong in (pipe, Path("/dev/stdin"), Path("/dev/fd/0")):
        for options in (["--labels", str(wrong)], ["--labels", str(labels), "--validation", str(wrong)]):
            assert run_command(["train", "--domain", "expenses", *options, *RECIPE]) == 2
            told = capsys.readouterr().err
            assert f"error: {wrong}: is a pipe or a device, and is read more than once. Write its" in told


def test_an_option_that_cannot_be_is_named_and_no_file_blamed(
    home_with_tiny: Locations, labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", "--domain", "expenses", "--labels", str(labels), "--steps", "0"]) == 2
    told = capsys.readouterr().err
    assert "error: the run: steps: Input should be greater than or equal to 1. Correct it." in told


def test_labels_become_a_candidate_that_answers(
    home_with_tiny: Locations, labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", "--domain", "expenses", "--labels", str(labels), *RECIPE]) == 0
    told = capsys.readouterr().err
    assert "step 6 of 6: loss" in told
    assert "expenses-1 is there, a candidate for expenses" in told
    assert "expenses-1 beside the base alone, on " in told
    assert "fewer than 20 prove nothing" in told
    with Session(home_with_tiny) as session:
        found = session.registry.find("expenses-1")
        assert found.domain == "expenses"
        assert found.manifest.recipe is not None
        assert found.manifest.recipe.steps <= 6
        assert session.task("expenses").adapter is None  # not before it is promoted
    document = tmp_path / "new.txt"
    document.write_text("Shop 9\n2026-04-09\nTOTAL 9.20\n", "utf-8")
    out = tmp_path / "out.jsonl"
    command = ["extract", str(document), "--domain", "expenses", "--adapter", "expenses-1", "-o", str(out)]
    assert run_command(command) == 0
    assert json.loads(out.read_text("utf-8"))["adapter"] == "expenses-1"
    # The next one gets the next name, and may start from this one.
    more = ["--parent", "expenses-1", "--labels", str(labels)]
    assert run_command(["train", "--domain", "expenses", *more, *RECIPE]) == 0
    with Session(home_with_tiny) as session:
        assert session.registry.find("expenses-2").manifest.parent == found.manifest.weights


def test_a_file_of_the_working_folder_is_never_run(
    home_with_tiny: Locations, labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("token", "yaml"):  # a module of Python's own, and one of a library
        (tmp_path / f"{name}.py").write_text("from pathlib import Path\nPath('was run').touch()\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    command = ["train", "--domain", "expenses", "--labels", str(labels), "--no-proof", *RECIPE]
    assert run_command(command) == 0
    assert not Path("was run").exists()


def test_it_begins_with_what_answers_now(
    home_with_tiny: Locations, labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "--domain", "expenses", "--labels", str(labels), "--no-proof", *RECIPE]
    assert run_command(command) == 0
    assert "begins with a new adapter" in capsys.readouterr().err
    with Session(home_with_tiny) as session:
        first = session.registry.find("expenses-1").manifest.weights
        session.promote("expenses-1", "expenses", force=True)
    assert run_command(command) == 0
    assert "begins with expenses-1, which answers now" in capsys.readouterr().err
    assert run_command([*command, "--rank", "4"]) == 0  # another rank cannot go on from it
    told = " ".join(capsys.readouterr().err.split())
    assert (
        "begins with a new adapter: expenses-1, which answers now, has rank 2 and alpha 4, the run 4" in told
    )
    assert run_command([*command, "--parent", "none"]) == 0
    with Session(home_with_tiny) as session:
        parents = [session.registry.find(f"expenses-{n}").manifest.parent for n in (2, 3, 4)]
    assert parents == [first, None, None]


def test_labels_are_varied_unless_it_is_told_not_to(home_with_tiny: Locations, labels: Path) -> None:
    command = ["train", "--domain", "expenses", "--labels", str(labels), "--no-proof", *RECIPE]
    for number, (asked, share) in enumerate(
        (([], 0.75), (["--varied", "0.2"], 0.2), (["--varied", "0"], 0.0)), 1
    ):
        assert run_command([*command, *asked]) == 0
        varied = read_run(home_with_tiny.training / f"expenses-{number}" / "run.yaml").augment
        assert (varied.share, varied.swap, varied.cells) == (share, *[1.0 if share else 0.0] * 2)
    assert run_command([*command, "--varied", "2"]) == 2


def test_what_began_with_an_adapter_that_ships_keeps_its_name(
    home_with_tiny: Locations, labels: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    command = ["train", "--domain", "expenses", "--labels", str(labels), "--no-proof", *RECIPE]
    assert run_command(command) == 0
    own = home_with_tiny.adapters / "expenses-1"
    manifest = own / "manifest.json"
    content = manifest.read_text("utf-8")
    assert '"origin": "trained"' in content
    manifest.write_text(content.replace('"origin": "trained"', '"origin": "shipped"'), "utf-8")
    # At another rate, for the same would come to the same matrices.
    assert run_command([*command, "--parent", "expenses-1", "--learning-rate", "0.02"]) == 0
    monkeypatch.setattr(folders, "GENERAL", tmp_path / "general")
    shutil.copytree(own, tmp_path / "general" / "tiny")
    assert run_command([*command, "--parent", "expenses-1"]) == 0
    with Session(home_with_tiny) as session:
        found = [session.registry.find(f"expenses-{number}").manifest.weights for number in (1, 2, 3)]
        trainings = [session.store.training(weights) for weights in found]
    assert [one and one.shipped for one in trainings] == [None, None, "general-tiny"]
    assert [one and one.parent for one in trainings] == [None, found[0], found[0]]


def test_corrections_are_labels(home_with_tiny: Locations, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"Shop {number}\n2026-04-0{number + 1}\nTOTAL 7\n", "utf-8")
    files = [str(tmp_path / f"{number}.txt") for number in range(3)]
    out = tmp_path / "out.jsonl"
    assert run_command(["extract", *files, "--domain", "expenses", "-o", str(out)]) == 0
    with Session(home_with_tiny) as session:
        run = session.store.runs()[0].id
        for stored in session.store.records(run):
            session.store.correct(stored.id, "company", f"Shop {Path(stored.record.path or '').stem}")
    arguments = ["train", "--domain", "expenses", "--corrections", "--name", "mine", *RECIPE]
    assert run_command(arguments) == 0
    with Session(home_with_tiny) as session:
        data = session.registry.find("mine").manifest.data
    assert data is not None
    assert data.train + data.validation + data.proof == 3


def corrected(home: Locations, command: list[str], *values: tuple[str, object]) -> None:
    """Runs the extraction, and corrects these fields of each of its records."""
    assert run_command(command) == 0
    with Session(home) as session:
        for stored in session.store.records(session.store.runs(1)[0].id):
            for field, value in values:
                session.store.correct(stored.id, field, value)


def test_a_correction_of_a_field_of_ones_own_leaves_the_others_to_train_on(
    home_with_tiny: Locations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"Shop {number}\n2026-04-0{number + 1}\nTOTAL 7\n", "utf-8")
    files = [str(tmp_path / f"{number}.txt") for number in range(3)]
    out = ["-o", str(tmp_path / "out.jsonl"), "--overwrite"]
    own = [
        "--field",
        "mood:string:How it reads",
        "--field",
        "total:list[string]:Sums",
        "--domain",
        "expenses",
    ]
    corrected(home_with_tiny, ["extract", files[0], *own, *out], ("mood", "dry"), ("total", ["7"]))
    train = ["train", "--domain", "expenses", "--corrections", "--no-proof", *RECIPE]
    assert run_command(train) == 2
    told = capsys.readouterr().err
    assert "2 corrected values left out: expenses/receipt has no such field now, or one of another" in told
    assert "there is no label for expenses/receipt" in told
    corrected(home_with_tiny, ["extract", *files, "--domain", "expenses", *out], ("company", "Shop"))
    assert run_command(train) == 0
    assert "2 corrected values left out" in capsys.readouterr().err
    with Session(home_with_tiny) as session:
        data = session.registry.find("expenses-1").manifest.data
    assert data is not None
    assert data.train + data.validation + data.proof == 3


def test_corrections_of_open_fields_are_labels_with_these_fields(
    home_with_tiny: Locations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--domain", "financial", "--record-type", "report_question"]
    out = ["-o", str(tmp_path / "out.jsonl"), "--overwrite"]
    for number, name in enumerate(("sites", "staff", "sites")):
        document = tmp_path / f"{number}.txt"
        document.write_text(f"Report {number}\nThere are {number} {name}.\n", "utf-8")
        field = ["--field", f"{name}:string:How many there are"]
        corrected(home_with_tiny, ["extract", str(document), *asked, *field, *out], (name, str(number)))
    capsys.readouterr()
    assert run_command(["train", *asked, "--corrections", "--no-proof", *RECIPE]) == 0
    assert "left out" not in capsys.readouterr().err
    with Session(home_with_tiny) as session:
        data = session.registry.find("financial-1").manifest.data
    assert data is not None
    assert data.train + data.validation + data.proof == 3
    calibrate = ["calibrate", *asked, "--adapter", "none", "--corrections", "--json"]
    assert run_command(calibrate) == 0
    assert json.loads(capsys.readouterr().out)["documents"] == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--domain", "expenses"], "there is no label for expenses/receipt"),
        ([], "name the domain"),
        (["--domain", "expenses", "--labels", "no.jsonl"], "no.jsonl"),
        (["--domain", "expense", "--labels", "no.jsonl"], "Did you mean 'expenses'"),
    ],
)
def test_what_is_missing_is_said(
    home_with_tiny: Locations, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["train", *arguments]) in (1, 2)
    assert told in capsys.readouterr().err


def test_wrong_labels_are_named_by_line(
    home_with_tiny: Locations, labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with labels.open("a", encoding="utf-8") as file:
        file.write('{"id": "x", "input": "a", "output": {"colour": "red"}}\n{"id": "y", "output": {}}\n')
    assert run_command(["train", "--domain", "expenses", "--labels", str(labels), *RECIPE]) == 2
    said = capsys.readouterr().err
    assert "labels.jsonl:9" in said
    assert "labels.jsonl:10" in said


def test_an_id_is_never_taken_for_what_the_trainer_says(
    home_with_tiny: Locations, labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ids that end a line or begin as an error does, before one that is like any other."""
    with labels.open("a", encoding="utf-8") as file:
        for twice, number in (("x\nError: y", 1), ("Error: z", 2), ("plain", 3)):
            line = {"id": twice, "input": f"Shop {number}\n2026-04-{number + 1:02d}\nTOTAL {number}.20\n"}
            file.write(json.dumps(line | {"output": {"company": f"Shop {number}"}}) + "\n")
    command = ["train", "--domain", "expenses", "--labels", str(labels), "--no-proof", *RECIPE]
    assert run_command([*command, "--steps", "1"]) == 0
    told = capsys.readouterr().err
    for number, twice in ((1, "x⏎Error: y"), (2, "Error: z"), (3, "plain")):
        assert f"l{number}: the same document as {twice}: both are taken as one label\n" in told


def test_ctrl_c_stops_and_the_same_command_goes_on(
    home_with_tiny: Locations, labels: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "thresher.app.cli.main"]
    arguments = ["train", "--domain", "expenses", "--labels", str(labels), *RECIPE, "--steps", "60"]
    code = "import sys; from thresher.app.cli.main import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ.copy())
    folder = home_with_tiny.training / "expenses-1"
    while process.poll() is None and len(read_metrics(folder)) < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "the same command goes on" in told
    assert run_command(arguments) == 0
    trained = [metric for metric in read_metrics(folder) if metric.kind == "train"]
    assert [metric.step for metric in trained] == list(range(1, 61))
    # The curve is that of the whole run, its first part too.
    last = capsys.readouterr().err
    assert f"loss in training  {trained[0].loss:.3f} → {trained[-1].loss:.3f}" in last
    assert "step 60" in last


def test_what_was_trained_is_taken_by_the_same_command_alone(
    home_with_tiny: Locations,
    labels: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["train", "--domain", "expenses", "--labels", str(labels), "--no-proof", *RECIPE]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Registry, "add", killed)
        assert run_command(command) != 0
    trained = read_manifest(home_with_tiny.training / "expenses-1" / "adapter")
    lines = labels.read_text("utf-8")
    labels.write_text(lines.replace("Shop 3", "Inn 3"), "utf-8")
    capsys.readouterr()
    assert run_command(command) == 2
    assert "is there already, of another run" in capsys.readouterr().err
    labels.write_text(lines, "utf-8")
    assert run_command(command) == 0
    with Session(home_with_tiny) as session:
        assert session.registry.find("expenses-1").manifest.weights == trained.weights


def test_a_trainer_stops_when_the_command_that_started_it_is_killed(
    home_with_tiny: Locations, labels: Path
) -> None:
    code = "import sys; from thresher.app.cli.main import main; main()"
    arguments = ["train", "--domain", "expenses", "--labels", str(labels), *RECIPE, "--steps", "20000"]
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stderr=subprocess.DEVNULL)
    folder = home_with_tiny.training / "expenses-1"
    while process.poll() is None and len(read_metrics(folder)) < 3:
        time.sleep(0.02)
    process.kill()
    process.wait()
    ended = time.monotonic() + 60
    while not is_free(folder / LOCK_FILE):
        assert time.monotonic() < ended, "the trainer goes on"
        time.sleep(0.1)
    # It did not end by itself: the state of where it stopped is there.
    assert (folder / STATE_FILE).exists()
    assert read_metrics(folder)[-1].step < 20000


def is_free(lock: Path) -> bool:
    try:
        with sole(lock, "in use"):
            return True
    except FolderInUse:
        return False
