"""A record's values with the confidence that their signals come to, and which of them may go unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from thresher.adapters.calibration import Calibration, Group, Step
from thresher.adapters.fields import Field
from thresher.adapters.pack_form import NO_DOMAIN
from thresher.app.calibration.acceptance import threshold
from thresher.app.record import Outcome, Record, Value
from thresher.app.registry.folders import NONE
from thresher.app.task import Task

#: What can be accepted: other outcomes always want a look.
_WHOLE = frozenset({Outcome.FOUND, Outcome.UNGROUNDED, Outcome.ABSENT})


@dataclass(frozen=True)
class Judge:
    """Judges the records of one task. Without a calibration a confidence is the model's own probability.

    `wanted` is the share of right values asked of those that are accepted, None where nothing is; without a
    calibration nothing can be. `own` are the record type's fields by name, None where any field may be asked.
    """

    calibration: Calibration | None = None
    wanted: float | None = None
    own: Mapping[str, Field] | None = None

    @cached_property
    def floors(self) -> tuple[Step | None, Step | None]:
        """From where on stated and absent values are accepted; None where none are."""
        if self.wanted is None or self.calibration is None:
            return None, None
        groups = (self.calibration.stated, self.calibration.absent)
        stated, absent = (threshold(group.curve, self.wanted) if group else None for group in groups)
        return stated, absent

    def __call__(self, record: Record, fields: Iterable[Field]) -> Record:
        """The record, asked for these fields, as judged. What a person said stays, and is accepted."""
        strange = self.strange(fields)
        values = {name: self._judged(name, value, name in strange) for name, value in record.values.items()}
        return replace(record, values=values)

    def strange(self, fields: Iterable[Field]) -> frozenset[str]:
        """The names of those of the fields that are strange."""
        return frozenset(field.name for field in fields if self.is_strange(field))

    def is_strange(self, field: Field) -> bool:
        """Whether no label told of the field: no confidence in it is calibrated, none is accepted.

        It is neither the record type's own, as that has it, nor among those that were labelled besides.
        """
        if self.calibration is None or self.own is None:
            return False
        return field.name not in self._labelled_besides and self.own.get(field.name) != field

    @cached_property
    def _labelled_besides(self) -> frozenset[str]:
        assert self.calibration is not None
        groups = [group for group in (self.calibration.stated, self.calibration.absent) if group]
        return frozenset(name for group in groups for name in group.fields) - (self.own or {}).keys()

    def _judged(self, name: str, value: Value, strange: bool) -> Value:
        if value.calibrated and not value.signals:
            return replace(value, accepted=None if self.wanted is None else True)
        absent = bool(value.signals) and value.signals[0].absent
        group: Group | None = None
        if self.calibration is not None and not strange:
            group = self.calibration.absent if absent else self.calibration.stated
            group = None if group and _is_beyond(value, group) else group
        accepted = None
        if value.signals and value.outcome is not Outcome.INVALID:
            value = _with_confidence(value, name, group)
        if self.wanted is not None:
            accepted = _is_accepted(value, self.floors[absent])
        return replace(value, accepted=accepted)


def _with_confidence(value: Value, name: str, group: Group | None) -> Value:
    if group is None:
        if not value.calibrated:
            return value
        each = [signals.probability for signals in value.signals]
    else:
        # Imported here: without a calibration there is nothing to compute.
        from thresher.app.calibration.calibrator import confidences

        each = [round(c, 6) for c in confidences(group, [name] * len(value.signals), value.signals)]
    listed = tuple(each) if value.confidences else ()
    return replace(value, confidence=sum(each) / len(each), confidences=listed, calibrated=group is not None)


def _is_beyond(value: Value, group: Group) -> bool:
    """Whether it is absent from fewer windows than any labelled one: how often such are right is not known.

    What a long document spreads over its windows a short one may hold in one.
    """
    fewest = group.windows or 0
    return any(each.windows is not None and each.windows < fewest for each in value.signals)


def _is_accepted(value: Value, floor: Step | None) -> bool:
    if floor is None or not value.calibrated or value.outcome not in _WHOLE or value.confidence is None:
        return False
    each = value.confidences or (value.confidence,)
    return all(confidence is not None and confidence >= floor.confidence for confidence in each)


def uncalibrated(task: Task) -> str:
    """Why nothing of the task can be accepted unseen, and what to do."""
    if task.domain == NO_DOMAIN:
        return (
            "fields that are given without a domain have no calibration, so nothing can be accepted unseen. "
            "Put them into a pack of your own (`thresher packs`), and calibrate that."
        )
    return (
        f"there is no calibration of {task.domain}/{task.record_type} for what answers, so nothing can be "
        f"accepted unseen. Make one from labelled documents: `{calibrating(task)}`."
    )


def calibrating(task: Task) -> str:
    """The command that makes its calibration."""
    return (
        f"thresher calibrate --domain {task.domain} --record-type {task.record_type} --model {task.model} "
        f"--adapter {task.adapter or NONE} --labels FILE"
    )
