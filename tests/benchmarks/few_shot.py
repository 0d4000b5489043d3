"""Labelled documents that are shown before each that is asked about, to a base that is not trained."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from thresher.adapters.answer import render_answer
from thresher.adapters.fields import Field, parse_fields
from thresher.adapters.shots import Shot

SHOTS = 3


def shots_of(fields: Sequence[Field], labels: Iterable[Mapping[str, Any]]) -> tuple[Shot, ...]:
    """A label's own fields go before `fields`."""
    asked = ((parse_fields(one.get("fields") or [], "the label") or fields, one) for one in labels)
    return tuple(Shot(one["input"], render_answer(own, one["output"])) for own, one in asked)
