"""Gold and predicted records, read from JSON lines. Knows no rule of scoring."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field
from thresher.adapters.json_lines import json_lines
from thresher.adapters.training.label_lines import LabelLine, fields_of, label_lines
from thresher.adapters.training.labels import LabelError
from thresher.adapters.values import check
from thresher.app.record import Outcome, Record


@dataclass(frozen=True)
class GoldRecord:
    """A document's text with the values that a person gave it. A key that `output` lacks is not scored.

    `readings` are keys (see `split.document_key`) of other texts that were read from the document's file. Of
    one that is yet to be read from its file, `path`, the text is empty.
    """

    id: str
    text: str
    output: Mapping[str, Any]
    fields: tuple[Field, ...]
    readings: frozenset[str] = frozenset()
    path: Path | None = None


@dataclass(frozen=True)
class Predicted:
    """A predicted value. `outcome` and `spans` (one text or None an item) are None where they are unknown.

    `confidences` has one an item (a value that is no list, or an empty one, is one item); empty where they
    are unknown.
    """

    value: Any
    outcome: Outcome | None = None
    spans: tuple[str | None, ...] | None = None
    confidences: tuple[float | None, ...] = ()
    calibrated: bool = False
    accepted: bool | None = None


@dataclass(frozen=True)
class PredictedRecord:
    """What was extracted from one document. A failed record has no values that count."""

    id: str
    values: Mapping[str, Predicted] = field(default_factory=dict)
    failed: bool = False


def predicted(record: Record) -> PredictedRecord:
    """A record that was just extracted, as a prediction."""
    values = {
        name: Predicted(
            value.value,
            value.outcome,
            tuple(span.text if span else None for span in value.spans),
            value.confidences or (value.confidence,),
            value.calibrated,
            value.accepted,
        )
        for name, value in record.values.items()
    }
    return PredictedRecord(record.id, values, failed=record.status == "failed")


def load_gold(
    path: Path,
    own: Sequence[Field] = (),
    *,
    open_fields: bool = False,
    unfit: list[str] | None = None,
    called: str | None = None,
    files: bool = False,
) -> list[GoldRecord]:
    """Gold of a JSON-lines file, in the forms of labels (see `label_lines`); 'input' may be left out.

    `own` are the record type's fields; with a line's own they are `joined`. Values are read as training reads
    them: "12.50" is a number. One that breaks its field's type is scored as it is written; `unfit` is told
    which, with file and line. `called` names the file in ids of lines that bring none; else its name does.
    With `files` a line without a text may name its document's file, from the folder of the gold on.

    Raises UsageError with all that is wrong, each with file and line: a line breaks the form, an id comes
    twice, or `output` has a key that is no field.
    """
    problems: list[str] = []
    records: dict[str, GoldRecord] = {}
    for line in label_lines(path, called or path.name, problems, with_text=False):
        if line.id in records:
            problems.append(f"{line.where}: the id {line.id!r} came before: each record needs its own")
        fields = fields_of(line, own, open_fields, problems)
        if fields == ():
            problems.append(f"{line.where}: no 'fields', and none were named: give a record type or --field")
        fields = fields or ()
        names = {one.name for one in fields}
        if fields and (unknown := [key for key in line.output if key not in names]):
            problems.append(
                f"{line.where}: {unknown[0]!r} in 'output' is no field of the record: add it or drop it"
            )
        values = {
            one.name: _gold(line.where, one, line.output[one.name], unfit)
            for one in fields
            if one.name in line.output
        }
        file = _file(path, line, problems) if files else None
        records[line.id] = GoldRecord(line.id, line.text, values, fields, line.readings, file)
    if problems:
        raise LabelError(problems)
    if not records:
        raise UsageError(f"{path}: holds no record. Give a file with a record a line.")
    return list(records.values())


def load_predictions(path: Path) -> list[PredictedRecord]:
    """Predictions of a JSON-lines file: records as `extract` writes them, or `{"id", "output"}` a line.

    Raises UsageError, naming file and line, where a line is neither or an id comes twice.
    """
    records: dict[str, PredictedRecord] = {}
    for where, line in _lines(path):
        name = _id(where, line, records)
        values = line.get("fields")
        output = line.get("output")
        if isinstance(values, dict):
            read = {key: _predicted(f"{where}: field {key!r}", value) for key, value in values.items()}
            records[name] = PredictedRecord(name, read, failed=line.get("status") == "failed")
        elif isinstance(output, dict):
            records[name] = PredictedRecord(name, {key: Predicted(value) for key, value in output.items()})
        elif line.get("status") == "failed" or ("output" in line and output is None):
            records[name] = PredictedRecord(name, failed=True)
        else:
            raise UsageError(f"{where}: has neither 'fields' as `extract` writes them nor 'output'")
    return list(records.values())


def _file(gold: Path, line: LabelLine, problems: list[str]) -> Path | None:
    """The document's file; None where the line has the text itself or names none."""
    file = line.raw.get("file")
    if file is None or "input" in line.raw:
        return None
    if not isinstance(file, str) or not file.strip():
        problems.append(f"{line.where}: 'file' must be the path of the document, from the gold's folder on")
        return None
    return gold.parent / file


def _gold(where: str, field: Field, value: Any, unfit: list[str] | None) -> Any:
    try:
        if isinstance(value, list) and not field.is_list:  # several may be right: it is scored as a list
            return [check(field, item) for item in value]
        return check(field, value)
    except ValueError as error:
        if unfit is not None:
            unfit.append(f"{where}: {field.name!r}: {error}")
        return value


def _predicted(where: str, entry: Any) -> Predicted:
    if not isinstance(entry, dict) or "value" not in entry:
        raise UsageError(f"{where} must be an object with 'value' and 'outcome'")
    try:
        outcome = Outcome(entry["outcome"])
        spans = tuple(None if span is None else str(span["text"]) for span in entry.get("spans") or ())
        given = entry.get("confidences") or [entry.get("confidence")]
        confidences = tuple(None if each is None else _share(each) for each in given)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{where}: 'outcome' must be one of {', '.join(Outcome)}, each of 'spans' null or an object "
            f"with 'text', and a confidence null or a number between 0 and 1 ({error!r})"
        ) from None
    calibrated, accepted = entry.get("calibrated") is True, entry.get("accepted")
    return Predicted(
        entry["value"],
        outcome,
        spans,
        confidences,
        calibrated,
        None if accepted is None else accepted is True,
    )


def _share(given: Any) -> float:
    share = float(given)
    if not 0 <= share <= 1:
        raise ValueError(f"{given!r} is not between 0 and 1")
    return share


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of the file, each with its place."""
    try:
        lines = json_lines(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    for line in lines:
        try:
            raw = line.parsed()
        except ValueError as error:
            raise UsageError(f"{line.where}: {error}. Write one object a line, each key once.") from error
        if not isinstance(raw, dict):
            raise UsageError(f"{line.where}: must be an object with 'id'")
        yield line.where, raw


def _id(where: str, line: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    name = line.get("id")
    if not isinstance(name, str) or not name:
        raise UsageError(f"{where}: 'id' must be a text that is not empty")
    if name in seen:
        raise UsageError(f"{where}: the id {name!r} came before in this file: each record needs its own")
    return name
