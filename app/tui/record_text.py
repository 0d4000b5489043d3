"""What the record screen says of a record and its values: texts, no widgets."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from thresher.adapters.visible import one_line
from thresher.app.record import Outcome, Record
from thresher.app.tui.record_rows import FieldRow
from thresher.app.tui.stretch_table import ColumnSpec
from thresher.app.wording import (
    COUNTED_MEANING,
    CUED_MEANING,
    DOUBTED,
    DOUBTED_MEANING,
    DOUBTED_ROLE,
    JUDGED_MEANING,
    LOOK,
    MARKS,
    MEANINGS,
    Colours,
    confidence_text,
    outcome_text,
    short_answering,
    shown,
)

VALUE_COLUMNS = (
    ColumnSpec("field", "Field", share=4),
    ColumnSpec("value", "Value", share=6),
    ColumnSpec("outcome", "Outcome", width=12),
    ColumnSpec("confidence", "Confidence", width=10),
)


def record_title(record: Record, number: int, total: int) -> Text:
    """Which record it is, of how many, of what record type, and who answered."""
    name = Path(record.path).name if record.path else record.id
    return Text.assemble(
        (one_line(name), "bold"),
        f"   {number} of {total}   ",
        (f"{one_line(record.record_type)} · {short_answering(record.model, record.adapter)}", "dim"),
    )


def record_notes(record: Record, colours: Colours) -> Text:
    """What of the document was not read, a line each."""
    return Text("\n".join(f"! {one_line(note)}" for note in record.notes), colours["warning"])


def row_cells(row: FieldRow, corrected: bool, colours: Colours) -> Sequence[Text]:
    """The cells under VALUE_COLUMNS."""
    name = Text(one_line(row.field)) if row.is_first else Text("")
    if row.wants_look and not corrected:
        name = Text.assemble((f"{LOOK} ", colours["warning"]), name)
    value = Text(one_line(shown(row.value)), "dim" if row.doubted else "")
    if corrected:
        outcome = Text("✎ corrected", colours["primary"])
    elif row.doubted:
        outcome = Text(DOUBTED, colours[DOUBTED_ROLE])
    else:
        outcome = outcome_text(row.outcome, colours)
    confidence = confidence_text(None if corrected else row.confidence, row.calibrated, colours)
    return name, value, outcome, confidence


def row_detail(row: FieldRow, corrected: bool, colours: Colours) -> Text:
    """The whole name of the field, the whole value, its outcome, its place, and what the outcome means."""
    # A column may be too narrow for a field that is a question.
    detail = Text(f"{one_line(row.field)}\n", colours["accent"], end="")
    detail.append(one_line(shown(row.value)) or "(nothing)", "bold" if row.value is not None else "dim")
    detail.append("\n")
    if corrected:
        detail.append("✎ you corrected this", colours["primary"])
    elif row.doubted:
        detail.append(DOUBTED, colours[DOUBTED_ROLE])
    else:
        mark, role = MARKS[row.outcome]
        detail.append(f"{mark} {row.outcome.value}", colours[role])
    if row.spans and (place := str(row.spans[0].place)):
        detail.append(f"  {one_line(place)}", colours["accent"])
    if not corrected:
        detail.append(f"  {_meaning(row)}", "dim")
    if row.accepted is not None and not corrected:
        detail.append(
            "  accepted unseen" if row.accepted else f"  {LOOK} not sure enough to go unseen", "dim"
        )
    return detail


def _meaning(row: FieldRow) -> str:
    if row.doubted:
        return f"{DOUBTED_MEANING}; e takes it up"
    if any(span.match == "cue" for span in row.spans):
        return CUED_MEANING
    if any(span.match == "counted" for span in row.spans):
        return COUNTED_MEANING
    is_judged = row.outcome is Outcome.FOUND and not row.spans
    return JUDGED_MEANING if is_judged else MEANINGS[row.outcome]
