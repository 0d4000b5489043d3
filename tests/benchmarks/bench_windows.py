"""Whether the windows that are asked hold the answers: recall of gold values, by how many windows are asked.

    python tests/benchmarks/bench_windows.py LABELLED legal/contract legal/nda invoices/ad_buy

LABELLED is a folder with DOMAIN/RECORD_TYPE/dev.jsonl. A gold value counts where a window of its document
states it (not by a fuzzy match), and is recalled where one of those that are asked does; those of texts that
a single window states are counted by themselves, for an address may name the state whose law governs.
Documents with at most as many windows as are asked are left out: nothing is chosen there. The fields are
those that the adapter that ships leaves to the model. Windows are chosen by their words, then by the cues of
that adapter. No model answers: its tokens alone count.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field, left_to_model
from thresher.adapters.manifest import read_manifest
from thresher.adapters.pack_library import find_packs
from thresher.adapters.spans import SpanFinder
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.values import check, is_absent
from thresher.adapters.window_choice import best_windows
from thresher.adapters.windows import windows
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.settings import Settings

COUNTS = (2, 4, 6, 8, 12)


@dataclass(frozen=True)
class Held:
    """A gold value of a text, or of another field, and the windows that state it."""

    is_text: bool
    windows: set[int]


@dataclass(frozen=True)
class Document:
    """The windows' texts, and the gold values that some window states."""

    texts: list[str]
    held: list[Held]


def documents(file: Path, fields: Sequence[Field], tokenizer: PromptTokenizer) -> Iterator[Document]:
    """The labelled documents of a file, in windows of the usual size."""
    sizes = Settings()
    for line in map(json.loads, file.read_text("utf-8").splitlines()):
        text, gold = line["input"], line["output"]
        parts = windows(text, tokenizer.document(text)[1], sizes.window_tokens, sizes.window_overlap)
        finder = SpanFinder(text)
        held = []
        for field, value in ((each, value) for each in fields for value in values(each, gold)):
            found = [finder.find(field, value, (part.start, part.end)) for part in parts]
            holding = {
                number
                for number, (part, match) in enumerate(zip(parts, found, strict=True))
                if match and match.match != "fuzzy" and part.start <= match.start and match.end <= part.end
            }
            held.append(Held(field.is_worded and not field.is_list, holding))
        yield Document(
            [text[part.start : part.end] for part in parts], [each for each in held if each.windows]
        )


def values(field: Field, gold: dict[str, object]) -> Iterator[object]:
    """The gold values of a field that stand in the text; none that breaks its type."""
    if not field.is_quoted and field.type not in ("date", "number", "integer"):
        return
    given = gold.get(field.name)
    for each in given if isinstance(given, list) else [given]:
        try:
            value = check(field, [each] if field.is_list else each)
        except ValueError:
            continue
        if not is_absent(value, field):
            yield value[0] if isinstance(value, list) else value


def shipped_cues(name: str) -> dict[str, Cues]:
    """Those of the adapter that ships for a record type, by field; of none there are none."""
    domain, record_type = name.split("/")
    found = find_packs().packs[domain].folder.glob("adapters/*/manifest.json")
    return next((read_manifest(path.parent).cues_of(domain, record_type) for path in found), {})


def rows(
    name: str, read: Sequence[Document], fields: Sequence[Field], by: str, cues: dict[str, Cues]
) -> None:
    """Prints a row for each number of windows that may be asked."""
    for count in COUNTS:
        long = [one for one in read if len(one.texts) > count]
        total, all_, once = sum(len(one.texts) for one in long), [], []
        for one in long:
            chosen = set(best_windows(one.texts, fields, count, cues))
            for each in one.held:
                all_.append(bool(chosen & each.windows))
                if each.is_text and len(each.windows) == 1:
                    once.append(all_[-1])
        if all_:
            shown = [
                str(len(long)),
                str(total),
                f"{count * len(long) / total:.0%}",
                *_told(all_),
                *_told(once),
            ]
            click.echo(f"| {name} | {by} | {count} | {' | '.join(shown)} |")


def _told(recalled: Sequence[bool]) -> tuple[str, str]:
    return str(len(recalled)), f"{sum(recalled) / len(recalled):.1%}" if recalled else ""


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("names", nargs="+", metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--file", default="dev.jsonl", help="the file of labels of each record type")
    asked = parser.parse_args()
    tokenizer = PromptTokenizer(library.find(Locations.default().models, "starter").folder)
    click.echo(
        "| record type | chosen by | asked | documents | their windows | asked, share | gold values "
        "| recalled | texts that one window states | recalled |"
    )
    click.echo("|" + " --- |" * 10)
    for name in asked.names:
        cues = shipped_cues(name)
        fields = left_to_model(find_packs().pick(*name.split("/")).fields, cues)
        read = list(documents(asked.labelled / name / asked.file, fields, tokenizer))
        rows(name, read, fields, "words", {})
        if any(field.is_worded and field.name in cues for field in fields):
            rows(name, read, fields, "cues", cues)


if __name__ == "__main__":
    main()
