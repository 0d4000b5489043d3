"""A calibration on disk: what is written is read, and what could mislead is refused by name."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.adapters.calibration import (
    Calibration,
    CalibrationFile,
    Group,
    Step,
    Weights,
    calibrations_json,
    read_calibrations,
)
from thresher.adapters.errors import AdapterError
from thresher.adapters.regular_file import MAX_BYTES

WEIGHTS = Weights(**dict.fromkeys(Weights.model_fields, 0.5))
GROUP = Group(
    weights=WEIGHTS,
    fields={"total": -0.25},
    values=10,
    right=8,
    curve=(Step(0.9, 5, 5), Step(0.4, 10, 8)),
)
CALIBRATION = Calibration(
    domain="expenses", record_type="receipt", pack="p", base="b", adapter=None,
    made=datetime(2026, 1, 2, tzinfo=UTC), documents=4, sources=("labels",), error=0.03, error_before=0.2,
    stated=GROUP, absent=None,
)  # fmt: skip

numbers = st.floats(-1000, 1000)
slopes = {"log_probability", "log_improbability", "least", "agreement", "beside"}
weights = st.fixed_dictionaries(
    {name: st.floats(0, 1000) if name in slopes else numbers for name in Weights.model_fields}
).map(lambda each: Weights(**each))


@given(weights, st.dictionaries(st.text(min_size=1, max_size=20), numbers, max_size=3), st.text(max_size=9))
def test_what_is_written_is_read_to_the_bit(weights: Weights, fields: dict[str, float], adapter: str) -> None:
    group = GROUP.model_copy(update={"weights": weights, "fields": fields})
    one = CALIBRATION.model_copy(update={"absent": group, "adapter": adapter})
    content = calibrations_json((one, CALIBRATION))
    assert CalibrationFile.model_validate_json(content).calibrations == (one, CALIBRATION)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(calibrations_json((CALIBRATION,)), "utf-8")
    assert read_calibrations(path) == (CALIBRATION,)


def _set(*keys: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        at: Any = content["calibrations"][0] if keys[0] != "format" else content
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (_set("stated", "weights", "log_probability", to=-1.0), "log_probability"),  # surer, yet less right
        (_set("stated", "weights", "bias", to=1e300), "bias"),
        (_set("stated", "weights", "bias", to=float("nan")), "bias"),
        (_set("stated", "weights", "bias", to="1" * 50), "bias"),
        (_set("stated", "weights", "rm", to=1.0), "rm"),
        (_set("stated", "fields", "total", to=float("inf")), "fields.total"),
        (_set("stated", "right", to=11), "contradict"),
        (_set("stated", "curve", to=[[0.9, 5, 6], [0.4, 10, 8]]), "contradict"),
        (_set("stated", "curve", to=[[0.4, 5, 5], [0.9, 10, 8]]), "surest"),
        (_set("stated", "curve", to=[[0.9, -5, -5]]), "curve"),
        (_set("stated", "curve", to=[[1.5, 5, 5]]), "curve"),
        (_set("stated", "curve", to=[[0.0, 10, 8]] * 101), "curve"),
        (_set("sources", to=["hearsay"]), "sources"),
        (_set("error", to=2), "error"),
        (_set("format", to=2), "newer Thresher"),
    ],
)
def test_a_file_that_could_mislead_is_refused_by_name(
    change: Callable[[dict[str, Any]], None], word: str, tmp_path: Path
) -> None:
    content = json.loads(calibrations_json((CALIBRATION,)))
    change(content)
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(content), "utf-8")
    with pytest.raises(AdapterError, match=r"hostile\.json") as caught:
        read_calibrations(path)
    assert word in str(caught.value)


def test_a_file_of_before_a_signal_was_kept_does_not_use_it(tmp_path: Path) -> None:
    content = json.loads(calibrations_json((CALIBRATION,)))
    for group in ("stated", "absent"):
        if content["calibrations"][0][group]:
            for signal in ("words", "repeats", "beside"):
                del content["calibrations"][0][group]["weights"][signal]
            del content["calibrations"][0][group]["later"]
    path = tmp_path / "before.json"
    path.write_text(json.dumps(content), "utf-8")
    (read,) = read_calibrations(path)
    assert read.stated is not None
    weights = read.stated.weights
    assert weights.words == weights.repeats == weights.beside == 0
    assert read.stated.later == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"7",
        b"null",
        b"\x80\x04\x95",
        b"{" * 100_000,
        b"[" * 100_000,
        b'"' + b"x" * MAX_BYTES + b'"',
    ],
)
def test_what_is_no_calibration_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "hostile.json"
    path.write_bytes(content)
    with pytest.raises(AdapterError, match=r"hostile\.json"):
        read_calibrations(path)
