"""Words, symbols and colours for what a record says: one place, so that screens and commands say it alike.

Knows no screen: its Text objects are rich's, which both can print. Text of documents comes through
`adapters.visible` and lives in Text objects: it is never read as markup.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from thresher.adapters.numbers import in_digits
from thresher.adapters.visible import one_line
from thresher.app.record import Outcome, Record, Windows

#: A symbol and a theme colour an outcome; symbols that every terminal font has.
MARKS: dict[Outcome, tuple[str, str]] = {
    Outcome.FOUND: ("✓", "success"),
    Outcome.ABSENT: ("–", "muted"),
    Outcome.UNGROUNDED: ("?", "warning"),
    Outcome.INVALID: ("!", "error"),
    Outcome.TRUNCATED: ("…", "warning"),
    Outcome.FAILED: ("✗", "error"),
}

MEANINGS: dict[Outcome, str] = {
    Outcome.FOUND: "the document says so, at the place shown",
    Outcome.ABSENT: "the document says nothing",
    Outcome.UNGROUNDED: "the text does not say it so: check it",
    Outcome.INVALID: "not a value of the field's type",
    Outcome.TRUNCATED: "the answer ended before the value did",
    Outcome.FAILED: "no answer: the model was not asked or gave none",
}

#: Of what is found without a place, as booleans and most enums are.
JUDGED_MEANING = "judged of the whole document: it has no place to show"
CUED_MEANING = "judged of the whole document: look here first"
COUNTED_MEANING = "counted from another date of the record, by the length of time shown"

#: What is left out of a record, as a symbol with a word, its colour, and what it means.
DOUBTED, DOUBTED_ROLE = "≈ doubtful", "muted"
DOUBTED_MEANING = "said, but right too seldom to be stated"

#: Of a value that is not sure enough to go unseen.
LOOK = "◆"

#: What a percentage means.
PERCENTAGES = {
    "98%": "so many such values are right",
    "~98%": "the model's own guess, not calibrated",
}

_BAR_CELLS = 5
_EIGHTHS = " ▏▎▍▌▋▊▉█"

Colours = dict[str, str]  # role → colour


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(shown(item) for item in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return in_digits(value) if isinstance(value, float) else str(value)


def outcome_text(outcome: Outcome, colours: Colours) -> Text:
    """Symbol and word, in the outcome's colour."""
    mark, role = MARKS[outcome]
    return Text(f"{mark} {outcome.value}", style=colours[role], no_wrap=True)


def counts_text(record: Record, colours: Colours) -> Text:
    """How many values want a look, and how many are of each outcome: '◆ 2  ✓ 4  ? 1'."""
    counted = dict.fromkeys(MARKS, 0)
    for value in record.values.values():
        counted[value.outcome] += 1
    parts = [Text(f"{MARKS[o][0]} {n}", style=colours[MARKS[o][1]]) for o, n in counted.items() if n]
    if record.looks:
        parts.insert(0, Text(f"{LOOK} {record.looks}", style=colours["warning"]))
    return Text("  ").join(parts)


def sureness(confidence: float | None, calibrated: bool) -> str:
    """'98%' where so many such values are right, '~98%' where it is the model's own probability; or ""."""
    if confidence is None:
        return ""
    return f"{'' if calibrated else '~'}{min(max(confidence, 0.0), 1.0):.0%}"


def confidence_role(confidence: float) -> str:
    """The colour's role."""
    return "success" if confidence >= 0.8 else "warning" if confidence >= 0.5 else "error"


def confidence_text(confidence: float | None, calibrated: bool, colours: Colours) -> Text:
    """A bar of five cells and a percentage."""
    if confidence is None:
        return Text("")
    share = min(max(confidence, 0.0), 1.0)
    eighths = round(share * _BAR_CELLS * 8)
    full, rest = divmod(eighths, 8)
    bar = ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(_BAR_CELLS)
    tone = f"{colours[confidence_role(share)]} on {colours['track']}"
    return Text.assemble((bar, tone), f"{sureness(confidence, calibrated):>5}", no_wrap=True)


def time_left(seconds: float | None) -> str:
    """'about 2 min left', or "" where there is no estimate."""
    if seconds is None:
        return ""
    return f"about {took(max(seconds, 1), places=0)} left"


def took(seconds: float, places: int = 1) -> str:
    """'2.4 s', '18 min' or '8 h 05 min'; seconds have so many decimal `places`."""
    if seconds < 60:
        return f"{seconds:.{places}f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def answering(model: str, adapter: str | None) -> str:
    """'tiny with the adapter expenses-1', or 'tiny alone'."""
    return one_line(f"{model} with the adapter {adapter}" if adapter else f"{model} alone")


def short_answering(model: str, adapter: str | None) -> str:
    """The same where there is little room: 'tiny + expenses-1', or 'tiny'."""
    return one_line(f"{model} + {adapter}" if adapter else model)


def windows_words(windows: Windows | None) -> str:
    """That of a long document some parts were asked, and which; "" where all were."""
    if windows is None or windows.asked == windows.all:
        return ""
    return f"the model reads {windows.asked} of {windows.all} parts, those that fit the fields best"


def recounted_words(name: str, day: str | None) -> str:
    """What became of a date that is counted from one that was corrected, in a line."""
    if day is None:
        return f"{one_line(name)} is left out: there is no date to count it from any more"
    return f"{one_line(name)} is counted anew: {day}"


def kept_words(path: Path, is_shown: bool) -> str:
    """That a record is an example now, and whether a model is shown it, in a line."""
    shown = "" if is_shown else " It is too long to be shown to a model, or others take the room."
    return f"Kept as an example: {one_line(str(path))}.{shown}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """'1 document', '2 documents'."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def of_domain(domain: str, record_types: Sequence[str]) -> str:
    """Some record types of a domain, or all of them: 'legal (nda, contract)', 'legal'."""
    return f"{domain} ({', '.join(record_types)})" if record_types else domain
