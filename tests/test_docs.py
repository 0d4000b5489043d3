"""The README and docs/ say what is so: commands parse, paths exist, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from thresher.adapters.calibration import CALIBRATION_FILE, Calibration, read_calibrations
from thresher.adapters.manifest import read_manifest
from thresher.app.calibration.acceptance import threshold
from thresher.app.cli.main import COMMANDS
from thresher.app.cli.main import thresher as group

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```", re.M | re.S)
_INLINE = re.compile(r"`(thresher(?: [^`\n]+)?)`")
_PATH = re.compile(r"`((?:adapters|app|train_mlx|train_cuda|tests|docs|packaging|\.ci)/[\w./-]*)`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_PLACE = re.compile(r"\]\((?P<page>[^)#:]*)#(?P<place>[^)]+)\)")

#: What ends a command for the shell, and begins another.
_SHELL = {"|", ">", ">>", "&&", ";", "2>", "<"}


def commands(page: Path) -> Iterator[str]:
    """The command lines of the page's shell blocks and of its inline code."""
    text = page.read_text("utf-8")
    for fence in _FENCE.finditer(text):
        if fence["kind"] in ("sh", "bash", "console"):
            body = fence["body"].replace("\\\n", " ")
            lines = [line.removeprefix("$ ") for line in body.splitlines()]
            if fence["kind"] == "console":
                lines = [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")]
            for line in lines:
                if found := re.search(r"\bthresher\b(?! *=)[^)]*", line.partition(" #")[0]):
                    yield found[0].strip() if "$(" in line else line.partition(" #")[0].strip()
    yield from (match[1] for match in _INLINE.finditer(_FENCE.sub("", text)))


def words(command: str) -> list[str] | None:
    """The words after `thresher`; None where the line runs another program."""
    found = shlex.split(command)
    while found and re.fullmatch(r"[A-Z_]+=.*", found[0]):
        del found[0]
    if not found or found[0] != "thresher":
        return None
    end = next((n for n, word in enumerate(found) if word in _SHELL), len(found))
    # A number's placeholder.
    return ["1" if word in ("RUN", "RECORD") else word for word in found[1:end]]


def all_commands() -> list[tuple[str, str]]:
    return [(page.name, c) for page in PAGES for c in commands(page) if words(c) is not None]


def parse(command: click.Command, arguments: list[str], parent: click.Context) -> None:
    """What click does before it runs a command, for the command and its subcommands."""
    context = command.make_context(command.name, list(arguments), parent=parent)
    if isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):
        _, inner, left = command.resolve_command(context, rest)
        assert inner is not None
        parse(inner, left, context)


@pytest.mark.parametrize(("page", "command"), all_commands())
def test_every_command_on_a_page_parses(page: str, command: str) -> None:
    arguments = words(command)
    assert arguments is not None
    context = click.Context(group, info_name="thresher")
    try:
        if arguments and arguments[0] != "COMMAND":
            parse(group, arguments, context)
    except (click.exceptions.Exit, click.exceptions.NoArgsIsHelpError):
        pass  # --help, or a group named alone
    except click.MissingParameter:
        # In a sentence a command is often named without its arguments: its own name must be right.
        assert "\n" not in command
        assert not [word for word in arguments if word.startswith("-")], f"{page}: {command}"


def test_the_pages_name_every_command() -> None:
    named = {arguments[0] for _, c in all_commands() if (arguments := words(c))}
    assert set(COMMANDS) <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_and_link_of_a_page_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    missing = [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    missing += [link for link in _LINK.findall(_FENCE.sub("", text)) if not (page.parent / link).exists()]
    assert missing == []


def places(page: Path) -> set[str]:
    """The names under which a page's headings are found."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", page.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_heading_that_a_link_names_is_there(page: Path) -> None:
    text = _FENCE.sub("", page.read_text("utf-8"))
    for link in _PLACE.finditer(text):
        target = (page.parent / link["page"]).resolve() if link["page"] else page
        assert link["place"] in places(target), link[0]


def test_the_tree_of_the_readme_is_the_tree(repository: Path) -> None:
    readme = (repository / "README.md").read_text("utf-8")
    tree = re.search(r"^```text\n(?P<tree>adapters/.*?)^```", readme, re.M | re.S)
    assert tree is not None
    stack: list[str] = []
    for line in tree["tree"].splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        name = line.split()[0]
        del stack[depth:]
        stack.append(name)
        assert (repository / "".join(stack)).exists(), "".join(stack)


def test_the_makefile_has_the_targets_that_the_pages_name() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    named = {t for page in PAGES for t in re.findall(r"`?\bmake ([a-z]+)`?$", page.read_text("utf-8"), re.M)}
    assert {"demo", "test", "check", "bench"} <= named <= targets


@pytest.mark.parametrize(
    ("page", "script", "results"),
    [
        ("why-lora", "bench_methods", "why-lora"),
        ("quality", "bench_records", "records"),
        ("quality", "bench_unseen", "unseen"),
        ("quality", "bench_originals", "originals"),
        ("experiments", "bench_strength", "strength"),
        ("quality", "bench_names", "names"),
        ("quality", "bench_pack_examples", "pack_examples"),
        ("quality", "bench_letters", "letters"),
        ("training", "bench_curve", "curve"),
        ("training", "bench_varied", "varied"),
        ("training", "bench_steps", "steps"),
    ],
)
def test_a_table_of_measurements_is_that_of_its_results(page: str, script: str, results: str) -> None:
    command = [ROOT / "tests" / "benchmarks" / f"{script}.py", "--table", "--results"]
    told = subprocess.run(
        [sys.executable, *map(str, command), str(ROOT / "docs" / f"{results}.jsonl")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() in (ROOT / "docs" / f"{page}.md").read_text("utf-8")


def can_go(calibration: Calibration, wanted: float) -> str:
    """The share of stated values that are accepted unseen."""
    stated = calibration.stated
    step = threshold(stated.curve, wanted) if stated else None
    return f"{stated.share(step):.0%}" if stated and step else "none"


def test_the_scores_on_a_page_are_those_of_the_adapters_that_ship() -> None:
    pages = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/quality.md")}
    _, _, shipped = pages["docs/quality.md"].partition("## The adapters that ship\n")
    shipped, _, _ = shipped.partition("\n## ")
    for folder in sorted((ROOT / "adapters" / "packs").glob("*/adapters/*")):
        made = read_calibrations(folder / CALIBRATION_FILE) if (folder / CALIBRATION_FILE).exists() else ()
        unseen = {
            (one.domain, one.record_type): [can_go(one, share) for share in (0.9, 0.95)] for one in made
        }
        for one in read_manifest(folder).scores:
            rows = [
                row
                for row in shipped.splitlines()
                if row.startswith(f"| {one.domain}/{one.record_type} | {one.records} |")
            ]
            assert len(rows) == 1, f"{one.domain}/{one.record_type}"
            assert f"| {one.f1:.3f} | {one.all_right:.0%} |" in rows[0]
            assert rows[0].endswith(f"| {' | '.join(unseen.get((one.domain, one.record_type), ('', '')))} |")
            assert re.search(rf"^\| [^|]+ \| {one.f1:.2f} \|", pages["README.md"], re.M), one.record_type
