"""Made-up production reports of programs: what a system exports, and sheets of cells between commas."""

import csv
import io
import json
import re
from collections.abc import Callable

from writers.page_layout import Entry
from writers.production_blocks import ProductionBlocks
from writers.production_facts import FIELDS, WORDS, ProductionFacts
from writers.production_figures import RATES

from thresher.adapters.training.draw import Draw

_RATED = 0.4
#: Two numbers with no third beside them, a number behind a word that ends with one, and one before such.
_RUN = re.compile(
    r"(?<![\d.])(?<![\d.],)[\d.]+,[\d.]+(?![\d.]|,[\d.])|[^\d.,\n][\d.]+,[\d.]|[\d.],[\d.]+[^\d.,\n]"
)


def exported(facts: ProductionFacts, draw: Draw) -> str:
    """Keys and values as a system writes them, in one of its forms."""
    keys = {name: draw.pick(names.split("|")) for name, names in WORDS["keys"].items() if name != "others"}
    case = draw.pick((str.upper, str.upper, str.lower))
    entries: list[Entry] = []
    rates = RATES if draw.chance(_RATED) else ()
    for name in (*FIELDS[:7], "good", *FIELDS[7:9], *rates, *FIELDS[9:]):
        if facts.has(name) and name != "downtime_causes":
            entries.append((keys[name], facts.say(name)))
        elif facts.has(name):
            entries += _reasons(facts, keys[name], draw)
    for names, kind in draw.shuffled(WORDS["keys"]["others"])[: draw.below(7)]:
        entries.insert(draw.below(len(entries) + 1), (draw.pick(names.split("|")), facts.of(kind)))
    entries = [(case(key), text) for key, text in entries]
    head = draw.pick(("", "", f"[{facts.of('code')}]\n", "# shift export\n", "BEGIN REPORT\n", "-- MES --\n"))
    match draw.below(8):
        case 0 | 1:
            gap = draw.pick(("=", " = ", ": ", ":", "\t", "; "))
            return head + "\n".join(key + gap + text for key, text in entries)
        case 2:
            gap = draw.pick(("; ", "|", " | ", ";"))
            return head + gap.join(f"{key}={text}" for key, text in entries)
        case 3:
            return head + "\n".join(f"{key + ' ':.<28} {text}" for key, text in entries)
        case 4:
            lines = (f"  <{key}>{text}</{key}>" for key, text in entries)
            return "\n".join(["<ShiftReport>", *lines, "</ShiftReport>"])
        case 5 | 6:
            values = {key: json.loads(text) if _is_number(text) else text for key, text in entries}
            return json.dumps(values, indent=draw.pick((None, 1, 2)), ensure_ascii=False)
        case _:
            return _cells([*map(list, zip(*entries, strict=True))], draw.pick(",;\t|"))


def _reasons(facts: ProductionFacts, key: str, draw: Draw) -> list[Entry]:
    """Each cause behind a key of its own, at times with its minutes, or all behind one."""
    facts.say("downtime_causes")
    if draw.chance(0.3):
        return [(key, draw.pick((", ", " / ", "+")).join(cause for cause, _ in facts.stops))]
    is_timed = draw.chance(0.4)
    if is_timed:
        facts.timed("")
    entries: list[Entry] = []
    for at, (cause, minutes) in enumerate(facts.stops, 1):
        entries.append((f"{key}_{at}", cause))
        entries += [(f"{key}_{at}_MIN", str(minutes))] if is_timed else []
    return entries


def comma_separated(
    facts: ProductionFacts,
    blocks: ProductionBlocks,
    entries: Callable[[], tuple[list[Entry], list[Entry]]],
    draw: Draw,
) -> str:
    """A sheet: labels and values row by row, or all in one row under heads, or a table by hour or product."""
    rows = blocks.table() if draw.chance(0.4) else []
    stops = blocks.stop_rows() if facts.has("downtime_causes") and draw.chance(0.5) else []
    who, figures = entries()
    if facts.has("downtime_causes"):
        figures.append(facts.entry("downtime_causes"))
    if not rows and not stops and draw.chance(0.4):
        lines = [list(row) for row in zip(*who, *figures, strict=True)]
    else:
        title = [[draw.pick(facts.words["titles"])]] if draw.chance(0.6) else []
        lines = [*title, *map(list, [*who, *figures]), *rows, *stops]
        if draw.chance(0.5):  # as a sheet saves them: all rows of one width
            most = max(map(len, lines))
            lines = [row + [""] * (most - len(row)) for row in lines]
    # Behind a comma a number with another mark would seem to go on.
    gaps = ";,,\t" if facts.count(1000) in ("1000", "1,000") else ";;\t"
    return _cells(lines, draw.pick(gaps))


def _cells(rows: list[list[str]], gap: str) -> str:
    """All quoted, where numbers with a comma between them would run into one."""
    sheet, quoted = io.StringIO(), io.StringIO()
    csv.writer(sheet, delimiter=gap, lineterminator="\n").writerows(rows)
    csv.writer(quoted, delimiter=gap, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    is_run = gap == "," and _RUN.search(re.sub('"[^"]*"', "", sheet.getvalue()))
    return (quoted if is_run else sheet).getvalue().rstrip("\n")


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and not (text.startswith("0") and text != "0")
