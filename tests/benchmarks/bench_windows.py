"""Whether the windows that are asked hold the answers: recall of gold values, by how many windows are asked.

    python tests/benchmarks/bench_windows.py LABELLED legal/contract legal/nda invoices/ad_buy

LABELLED is a folder with DOMAIN/RECORD_TYPE/dev.jsonl. A gold value counts where a window of its document
states it (not by a fuzzy match), and is recalled where one of those that are asked does. Documents with at
most as many windows as are asked are left out: nothing is chosen there. No model answers: its tokens alone
count.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from thresher.adapters.fields import Field
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
class Document:
    """The windows' texts, and for each gold value the windows that state it."""

    texts: list[str]
    holding: list[set[int]]


def documents(file: Path, fields: tuple[Field, ...], tokenizer: PromptTokenizer) -> Iterator[Document]:
    """The labelled documents of a file, in windows of the usual size."""
    sizes = Settings()
    for line in map(json.loads, file.read_text("utf-8").splitlines()):
        text, gold = line["input"], line["output"]
        parts = windows(text, tokenizer.document(text)[1], sizes.window_tokens, sizes.window_overlap)
        finder = SpanFinder(text)
        holding = []
        for field, value in ((each, value) for each in fields for value in values(each, gold)):
            found = [finder.find(field, value, (part.start, part.end)) for part in parts]
            holding.append(
                {
                    number
                    for number, (part, match) in enumerate(zip(parts, found, strict=True))
                    if match
                    and match.match != "fuzzy"
                    and part.start <= match.start
                    and match.end <= part.end
                }
            )
        yield Document([text[part.start : part.end] for part in parts], [each for each in holding if each])


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


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("names", nargs="+", metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--file", default="dev.jsonl", help="the file of labels of each record type")
    asked = parser.parse_args()
    tokenizer = PromptTokenizer(library.find(Locations.default().models, "starter").folder)
    click.echo("| record type | asked | documents | their windows | asked, share | gold values | recalled |")
    click.echo("| --- | --- | --- | --- | --- | --- | --- |")
    for name in asked.names:
        fields = find_packs().pick(*name.split("/")).fields
        read = list(documents(asked.labelled / name / asked.file, fields, tokenizer))
        for count in COUNTS:
            long = [one for one in read if len(one.texts) > count]
            total, gold = sum(len(one.texts) for one in long), sum(len(one.holding) for one in long)
            if not gold:
                continue
            hits = 0
            for one in long:
                chosen = set(best_windows(one.texts, fields, count))
                hits += sum(bool(chosen & holding) for holding in one.holding)
            share = count * len(long) / total
            click.echo(
                f"| {name} | {count} | {len(long)} | {total} | {share:.0%} | {gold} | {hits / gold:.1%} |"
            )


if __name__ == "__main__":
    main()
