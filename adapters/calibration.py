"""A calibration: what turns the signals of a value into how often such a value is right. Its form on disk.

`calibration.json` is one of an adapter's files where it has been calibrated; the app keeps the user's own
elsewhere, in the same form. JSON, never pickle: numbers and names, and no text of a document.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from thresher.adapters.errors import AdapterError
from thresher.adapters.fields import MAX_NAME
from thresher.adapters.regular_file import read_regular_text

CALIBRATION_FILE = "calibration.json"
FORMAT: Literal[1] = 1

#: A weight of a logistic regression whose inputs are of size 1 to 10.
_Weight = Annotated[float, Field(ge=-1000, le=1000)]
#: One that must not be negative: what is surer by this input never comes out less sure.
_Slope = Annotated[float, Field(ge=0, le=1000)]
_Share = Annotated[float, Field(ge=0, le=1)]
_Count = Annotated[int, Field(ge=0)]
_Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Weights(_Part):
    """The weights by input; `app.calibration.calibrator` says what each input is."""

    bias: _Weight
    log_probability: _Slope
    log_improbability: _Slope
    least: _Slope
    tokens: _Weight
    agreement: _Slope
    normalised: _Weight
    parsed: _Weight
    fuzzy: _Weight
    judged: _Weight
    none: _Weight
    # 0 of calibrations from before they were inputs.
    words: _Weight = 0.0
    repeats: _Weight = 0.0
    beside: _Slope = 0.0


class Step(NamedTuple):
    """A point of the risk-coverage curve: the values at least so sure, and how many of them are right."""

    confidence: _Share
    values: _Count
    right: _Count


class Group(_Part):
    """The calibration of values of one kind, from so many labelled ones.

    Of absent values `windows` is from how many windows each labelled one was absent at least.
    `fields` is added to the bias, by field, and so is `later` where the value stands behind the document's
    first window. `curve` was made of confidences that each came from a fit without the document in question;
    the surest values first.
    """

    weights: Weights
    fields: dict[_Name, _Weight] = {}
    later: dict[_Name, _Weight] = {}
    values: _Count
    right: _Count
    curve: tuple[Step, ...] = Field(default=(), max_length=100)
    windows: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _counts_fit(self) -> Self:
        before = Step(1.0, 0, 0)
        for step in (*self.curve, Step(0.0, self.values, self.right)):
            grows = before.values <= step.values and step.right - before.right >= 0
            if not grows or step.right - before.right > step.values - before.values:
                raise ValueError("the counts of 'curve', 'values' and 'right' contradict each other")
            if step.confidence > before.confidence:
                raise ValueError("'curve' must begin with the surest values")
            before = step
        return self

    def share(self, step: Step) -> float:
        """Of its labelled values, those that are no less sure than a threshold of its curve."""
        return step.values / self.values


class Calibration(_Part):
    """For the values of one record type, answered by one adapter on one base.

    `pack`, `base` and `adapter` are the hashes of an adapter's manifest: pack, base fingerprint, weights;
    `adapter` is None for the base alone. `error` is the expected calibration error on documents that a fit
    had not seen, `error_before` that of the model's own probabilities.
    """

    domain: _Name
    record_type: _Name
    pack: str
    base: str
    adapter: str | None
    made: datetime
    documents: _Count
    sources: tuple[Literal["labels", "corrections"], ...]
    error: _Share | None = None
    error_before: _Share | None = None
    stated: Group | None
    absent: Group | None


class CalibrationFile(_Part):
    """The content of calibration.json: one calibration a record type."""

    format: Literal[1] = FORMAT
    calibrations: tuple[Calibration, ...] = Field(max_length=1000)


def read_calibrations(path: Path) -> tuple[Calibration, ...]:
    """The calibrations of a file. Raises AdapterError that names file and key."""
    remedy = "Run `thresher calibrate` again, or remove the file."
    try:
        content: Any = json.loads(read_regular_text(path))
    except (OSError, ValueError, RecursionError) as error:
        raise AdapterError(f"{path}: cannot be read ({error}). {remedy}") from error
    version = content.get("format") if isinstance(content, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise AdapterError(f"{path}: format {version} is from a newer Thresher. Update Thresher.")
    try:
        return CalibrationFile.model_validate(content).calibrations
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:10])
        raise AdapterError(f"{path}: {wrong}. {remedy}") from error


def calibrations_json(calibrations: tuple[Calibration, ...]) -> str:
    """The content of the file."""
    return CalibrationFile(calibrations=calibrations).model_dump_json(indent=1) + "\n"
