"""What the first screen says of a document, a run and a record type: texts, no widgets."""

from collections.abc import Sequence

from rich.text import Text

from thresher.adapters.fields import Field
from thresher.adapters.visible import one_line
from thresher.app.tui.messages import Problem
from thresher.app.tui.ports import PackPort
from thresher.app.tui.queue import Entry, Queue, Stage
from thresher.app.tui.record_type_list import Choice
from thresher.app.tui.stretch_table import ColumnSpec
from thresher.app.wording import (
    LOOK,
    Colours,
    counted,
    counts_text,
    short_answering,
    time_left,
    took,
    windows_words,
)

QUEUE_COLUMNS = (
    ColumnSpec("name", "Document", share=1),
    ColumnSpec("stage", "Status", width=12),
    ColumnSpec("values", "Values", width=16),
)

_FINDING = "looking for documents…"

#: A symbol and a colour a stage.
_STAGES: dict[Stage, tuple[str, str]] = {
    Stage.WAITING: ("·", "muted"),
    Stage.READING: ("▸", "primary"),
    Stage.ASKING: ("▸", "primary"),
    Stage.OK: ("✓", "success"),
    Stage.PARTIAL: ("◐", "warning"),
    Stage.FAILED: ("✗", "error"),
}


def home_title(
    choice: Choice, given: Sequence[Field], model: str | None, adapter: str | None, colours: Colours
) -> Text:
    """What will be asked, and of which model and adapter."""
    answers = short_answering(model, adapter) if model else "no model"
    return Text.assemble(
        ("Thresher", f"bold {colours['primary']}"),
        ("  ›  ", colours["muted"]),
        (one_line(choice.title), "bold"),
        (f"  + {counted(len(given), 'field')}" if given else "", colours["accent"]),
        (f"   {answers}", colours["muted"]),
        no_wrap=True,
        overflow="ellipsis",
    )


def adapter_words(adapter: str | None, problem: bool, colours: Colours) -> Text:
    """Which adapter answers, and the key that chooses another."""
    if problem:
        parts = [("adapter cannot be used", colours["error"])]
    elif adapter is None:
        parts = [("no adapter", colours["muted"])]
    else:
        parts = [("adapter ", colours["muted"]), (one_line(adapter), "")]
    key = ("A ", f"bold {colours['accent']}")
    return Text.assemble(key, *parts, no_wrap=True, overflow="ellipsis")


def unseen_words(share: float | None, colours: Colours) -> Text:
    """What goes unseen, and the key that says so."""
    words = f"unseen if {share:.0%} right" if share else "nothing goes unseen"
    key = ("u ", f"bold {colours['accent']}")
    return Text.assemble(key, (words, "" if share else colours["muted"]), no_wrap=True, overflow="ellipsis")


def problem_words(problem: Problem) -> Text:
    """A problem under its title."""
    return Text.assemble((problem.title, "bold"), "\n", problem.message)


def entry_cells(entry: Entry, colours: Colours) -> Sequence[Text]:
    """The cells of a document in the queue."""
    mark, role = _STAGES[entry.stage]
    values = counts_text(entry.record, colours) if entry.record else Text("")
    return Text(one_line(entry.name)), Text(f"{mark} {entry.stage.value}", colours[role]), values


def entry_detail(entry: Entry, colours: Colours) -> Text:
    """Some lines on a document: where it is, what came of it, and what of it was not read."""
    where = one_line(str(entry.source.path or entry.source.id))
    detail = Text(style=colours["muted"])
    if entry.record and entry.record.error:
        detail.append(one_line(entry.record.error.message), colours["error"])
        if entry.record.status == "failed":
            return detail
        detail.append("\n")
    detail.append(where)
    if entry.record:
        before = "done before, " if entry.reused else ""
        words = windows_words(entry.record.windows)
        detail.append(f"\n{before}{took(entry.record.seconds)}. Enter opens the record.")
        detail.append(f" {words.capitalize()}." if words else "")
        for note in entry.record.notes:
            detail.append(f"\n! {one_line(note)}", colours["warning"])
    elif entry.windows and entry.windows.all > 1:
        words = windows_words(entry.windows) or f"{entry.windows.all} parts for the model"
        detail.append(f"\n{words}")
    return detail


def progress_words(queue: Queue, finding: bool, colours: Colours) -> Text:
    """How far the run is, or how it ended, or what to do first."""
    if queue.cancelling:
        waits = one_line(queue.waits_until)
        how = f" once {waits}" if waits else ": what is done is kept"
        return Text(f"cancelling{how}", style=colours["warning"])
    if queue.running:
        parts = [f"{queue.done} of {queue.total}", time_left(queue.seconds_left), one_line(queue.activity)]
        parts += [_FINDING] if finding else []
        return Text("  ·  ".join(part for part in parts if part), no_wrap=True, overflow="ellipsis")
    if finding:
        return Text(f"{_FINDING}  c stops", style=colours["muted"])
    if (end := queue.finished) is not None:
        words = Text("Cancelled. " if end.cancelled else "Finished. ", style="bold")
        words.append(f"✓ {end.ok} done", colours["success"])
        if end.partial:
            words.append(f"  ◐ {end.partial} partial", colours["warning"])
        if end.failed:
            words.append(f"  ✗ {end.failed} failed", colours["error"])
        if looks := queue.looks:
            words.append(f"  {LOOK} {counted(looks, 'value')} to look at", colours["warning"])
        then = "s goes on" if end.cancelled else "Enter opens, x exports"
        if not end.cancelled and (waiting := sum(entry.stage is Stage.WAITING for entry in queue)):
            then = f"{waiting} {'waits' if waiting == 1 else 'wait'}, s starts"
        words.append(f"  in {took(end.seconds, places=0)}.  {then}", colours["muted"])
        return words
    if len(queue):
        return Text(f"{counted(len(queue), 'document')}. s starts.", style=colours["muted"])
    return Text("")


def record_type_card(pack: PackPort | None, choice: Choice, given: Sequence[Field], colours: Colours) -> Text:
    """The record type in hand: what it is for, and its fields."""
    card = Text()
    fields: list[Field] = []
    if pack is not None and choice.record_type is not None:
        card.append(one_line(pack.description.strip()), colours["muted"])
        card.append("\n\n")
        fields = list(pack.record_types[choice.record_type].fields)
    if not fields and not given:
        card.append("Only the fields that you add: press f.", colours["muted"])
    own = {field.name for field in given}
    for field in [f for f in fields if f.name not in own] + list(given):
        card.append(f"{one_line(field.name)} ", "bold" if field.name in own else "")
        card.append(f"{field.type}\n", colours["muted"])
    return card
