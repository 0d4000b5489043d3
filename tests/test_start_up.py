"""Start-up stays light: nothing heavy is imported before a command needs it."""

import json
import subprocess
import sys
import time
from importlib.util import find_spec

import pytest

HEAVY = [
    "mlx", "mlx_lm", "torch", "transformers", "tokenizers", "llguidance", "safetensors", "textual", "numpy",
    "pypdfium2", "rapidocr", "onnxruntime", "cv2", "PIL", "openpyxl", "docx", "lxml", "bs4", "httpx",
    "huggingface_hub", "rapidfuzz", "pip", "rich", "yaml",
]  # fmt: skip

#: Of these, what a command that reads packs may load.
PACK_READERS = {"yaml"}


def loaded_by(code: str, environment: dict[str, str] | None = None) -> set[str]:
    """The heavy modules that stand in sys.modules of a fresh interpreter after `code`."""
    script = (
        f"import json, sys\n{code}\n"
        f"sys.stderr.write('LOADED ' + json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stderr.rpartition("LOADED ")[2]))


def run(*arguments: str) -> str:
    return f"from thresher.app.cli.main import run_command\nassert run_command({list(arguments)!r}) == 0"


def test_the_heavy_modules_are_really_installed_so_that_their_absence_means_something() -> None:
    assert {name for name in HEAVY if find_spec(name) is None} <= {"torch"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["completion", "bash"], ["extract", "--help"]]
)
def test_a_command_that_only_talks_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_by(run(*arguments)) == set()


@pytest.mark.parametrize(
    "name",
    ["read", "records", "runs", "packs", "evaluate", "calibrate", "demo", "models", "adapters", "doctor"],
)
def test_the_help_of_a_command_loads_no_engine_and_no_reader(name: str) -> None:
    assert loaded_by(run(name, "--help")) <= {"rich", "yaml"}


def test_listing_packs_loads_the_pack_reader_alone() -> None:
    assert loaded_by(run("packs", "list")) <= PACK_READERS


@pytest.mark.parametrize("words", ["thresher ", "thresher ex", "thresher extract --"])
def test_completion_loads_nothing_heavy(words: str) -> None:
    code = (
        "import os\n"
        f"os.environ.update(_THRESHER_COMPLETE='bash_complete', COMP_WORDS={words!r}, "
        f"COMP_CWORD={str(len(words.split(' ')) - 1)!r})\n"
        "from thresher.app.cli.main import run_command\n"
        "try:\n    run_command([])\nexcept SystemExit:\n    pass"
    )
    assert loaded_by(code) == set()


def test_completing_an_adapter_opens_none() -> None:
    code = (
        "from thresher.app.cli.options import complete_answering\n"
        "assert complete_answering(None, None, 'no') == ['none']"
    )
    assert loaded_by(code) <= PACK_READERS


@pytest.mark.parametrize("name", ["extract", "evaluate", "models", "packs", "adapters"])
def test_completion_offers_the_commands(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from thresher.app.cli.main import main; main()"],
        env={"_THRESHER_COMPLETE": "bash_complete", "COMP_WORDS": f"thresher {name[:3]}", "COMP_CWORD": "1"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert f"plain,{name}" in done.stdout.splitlines()


def test_the_version_is_there_at_once() -> None:
    """Quick beside the interpreter's own start, so that a busy machine does not fail the test."""

    def best(code: str) -> float:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
            times.append(time.perf_counter() - began)
        return min(times)

    assert best(run("--version")) < best("pass") + 0.5
