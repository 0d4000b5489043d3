import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from thresher.adapters.errors import (
    DocumentError,
    ModelError,
    NoModelError,
    PackError,
    StoreError,
    ThresherError,
    UsageError,
)
from thresher.app.cli import exits, main
from thresher.app.locations import Locations

from .conftest import Thresher


def test_without_a_terminal_no_arguments_show_the_help(thresher: Thresher) -> None:
    ended = thresher()
    assert ended.code == 0
    assert "extract" in ended.out


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_screens_that_nobody_would_see_are_not_opened(tmp_path: Path) -> None:
    """On a terminal, but with stderr, on which they are drawn, in a file."""
    import pty

    near, far = pty.openpty()
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-c", "from thresher.app.cli.main import main; main()"]
        process = subprocess.Popen(command, stdin=far, stdout=far, stderr=log)
        os.close(far)
        try:
            assert process.wait(timeout=60) == exits.WRONG_USE
        finally:
            process.kill()
    said = os.read(near, 4096).decode()
    os.close(near)
    assert said.startswith("error: the screens are drawn on stderr, which leads elsewhere (2>).")
    assert (tmp_path / "log").read_bytes() == b""


def test_every_command_of_the_table_loads_and_says_what_the_table_says() -> None:
    context = click.Context(main.thresher)
    for name, (_, line) in main.COMMANDS.items():
        command = main.thresher.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert line.endswith(".")


def test_an_unknown_command_is_wrong_use_and_the_nearest_is_offered(thresher: Thresher) -> None:
    ended = thresher("extrct")
    assert ended.code == exits.WRONG_USE
    assert "'extract'" in ended.err
    assert ended.out == ""


def test_an_unknown_option_is_wrong_use_and_says_where_help_is(thresher: Thresher) -> None:
    ended = thresher("read", "--nope", "x")
    assert ended.code == exits.WRONG_USE
    assert ended.err.startswith("error: ")
    assert "thresher read --help" in ended.err


def test_a_group_named_alone_shows_its_help(thresher: Thresher) -> None:
    ended = thresher("records")
    assert ended.code == exits.WRONG_USE
    assert ended.err.startswith("Usage: thresher records")
    assert "correct" in ended.err


def test_json_errors_are_lines_of_json_even_for_wrong_use(thresher: Thresher) -> None:
    ended = thresher("read", "--json", "--nope", "x")
    assert ended.code == exits.WRONG_USE
    assert json.loads(ended.err).keys() == {"kind", "message"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("u"), 2),
        (PackError("p"), 2),
        (NoModelError("n"), 3),
        (ModelError("m"), 3),
        (DocumentError("d"), 1),
        (StoreError("s"), 1),
        (ThresherError("t"), 1),
    ],
)
def test_each_error_has_its_exit_code_and_its_message(
    thresher: Thresher, monkeypatch: pytest.MonkeyPatch, error: ThresherError, code: int
) -> None:
    def raises(_: object) -> None:
        raise error

    monkeypatch.setattr("thresher.adapters.pack_library.find_packs", raises)
    ended = thresher("packs", "list", "--json")
    assert ended.code == code
    assert json.loads(ended.err) == {"kind": error.kind, "message": str(error)}


def test_ctrl_c_ends_with_130(thresher: Thresher, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("thresher.adapters.pack_library.find_packs", interrupted)
    assert thresher("packs").code == 130
    assert json.loads(thresher("packs", "list", "--json").err) == {"kind": "stopped", "message": "stopped"}


def test_a_defect_is_logged_without_the_text_of_the_error(
    thresher: Thresher, monkeypatch: pytest.MonkeyPatch, home: Locations
) -> None:
    words = "".join(("sec", "ret"))  # the log quotes lines of code, and this is one

    def breaks(_: object) -> None:
        raise RuntimeError(words)

    monkeypatch.setattr("thresher.adapters.pack_library.find_packs", breaks)
    ended = thresher("packs")
    assert ended.code == exits.DEFECT
    log = home.logs / "defect.log"
    assert str(log) in ended.err
    assert words in ended.err
    assert "in breaks" in log.read_text()
    assert words not in log.read_text()


def test_a_command_whose_reader_leaves_early_ends_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    file = tmp_path / "long.txt"
    file.write_text("line of text\n" * 100_000)
    main = f"'{sys.executable}' -c 'from thresher.app.cli.main import main; main()'"
    done = subprocess.run(
        ["bash", "-c", f"{main} read '{file}' | head -n 1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "line of text\n")
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", ["packs list", "read README.md", "--help", "doctor --json"])
def test_a_full_disk_is_no_defect(command: str, home: Locations, repository: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from thresher.app.cli.main import main; main()", *command.split()],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, cwd=repository,
        )  # fmt: skip
    assert done.returncode == 1
    *_, last = done.stderr.splitlines()
    assert "the output: cannot be written (No space left on device). Free some space" in last
    assert not (home.logs / "defect.log").exists()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("extract slip.txt --field total:number >&-", 0),
        ("extract none.txt --field total:number 2>&-", 1),
        ("read none.txt >&-", 1),
        ("read slip.txt <&- >&- 2>&-", 0),
    ],
)
def test_a_stream_that_is_closed_leads_nowhere(
    command: str, code: int, home_with_tiny: Locations, tmp_path: Path
) -> None:
    (tmp_path / "slip.txt").write_text("Total 11.40")
    done = subprocess.run(
        f"'{sys.executable}' -c 'from thresher.app.cli.main import main; main()' {command}",
        shell=True, capture_output=True, text=True, timeout=120, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_a_sign_that_stdout_cannot_write_is_no_defect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THRESHER_HOME", str(tmp_path / "5 \u20ac"))
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    done = subprocess.run(
        [sys.executable, "-c", "from thresher.app.cli.main import main; main()", "doctor"],
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode in (exits.DONE, exits.SOME_FAILED), done.stderr
    assert rb"5 \u20ac" in done.stdout


def test_control_characters_in_a_message_do_not_reach_the_terminal(thresher: Thresher) -> None:
    ended = thresher("read", "no\x1b[31msuch\nfile")
    assert ended.code == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", ended.err)
    assert ended.err.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="names need not be text only there")
def test_a_home_whose_name_is_no_text_is_told_as_json(
    thresher: Thresher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strict_stdout: None
) -> None:
    home = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")
    monkeypatch.setenv("THRESHER_HOME", home)
    told = thresher("doctor", "--json")
    assert told.code in (exits.DONE, exits.SOME_FAILED), told.err
    assert any(home in each["detail"] for each in json.loads(told.out))


def test_an_error_as_json_is_utf_8_whatever_stderr_is(
    thresher: Thresher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stderr = io.TextIOWrapper(open(2, "wb", closefd=False), encoding="latin-1")  # noqa: SIM115
    monkeypatch.setattr(sys, "stderr", stderr)
    told = thresher("read", tmp_path / "café.pdf", "--json")
    assert "café.pdf" in json.loads(told.err)["message"]


def test_the_version_is_that_of_the_package(thresher: Thresher) -> None:
    from importlib.metadata import version

    assert thresher("--version").out == f"thresher {version('thresher')}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_names_the_program(thresher: Thresher, shell: str) -> None:
    ended = thresher("completion", shell)
    assert ended.code == 0
    assert "_THRESHER_COMPLETE" in ended.out
    assert thresher("completion", "tcsh").code == exits.WRONG_USE
