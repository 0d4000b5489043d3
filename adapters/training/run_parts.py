"""The parts of a run's file: a set of labels of one record type, and how labels are varied.

Knows no trainer, and reads nothing of what it names.
"""

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Field(default=0.0, ge=0, le=1)


class Keys(BaseModel):
    """Keys of a YAML file, each with a sentence; an unknown one is refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _truth_is_no_number(cls, raw: Any) -> Any:
        """Refuse what YAML makes of yes and on where a number is meant."""
        if isinstance(raw, dict):
            for name, value in raw.items():
                key = cls.model_fields.get(name)
                if isinstance(value, bool) and key is not None and key.annotation is not bool:
                    raise ValueError(f"{name}: must not be true or false")
        return raw


def check_asked(domain: str | None, record_type: str | None, fields_file: Path | None) -> None:
    """Raises ValueError where these do not say one thing."""
    if record_type is not None and domain is None:
        raise ValueError("record_type: needs the domain that it belongs to")
    if domain is not None and fields_file is not None:
        raise ValueError("fields_file: is in place of domain; give one of the two")


class LabelSet(Keys):
    """Labels of one record type."""

    domain: str | None = None
    """The domain whose instructions and fields the labels have."""

    record_type: str | None = None
    """The record type of the domain; its first where none is named."""

    fields_file: Path | None = None
    """A JSON file with a list of fields, in place of those of a pack."""

    labels: tuple[Path, ...] = Field(min_length=1)
    """JSON-lines files of labels to train on."""

    validation: tuple[Path, ...] = ()
    """JSON-lines files of labels to validate on; without any, a share of the labels is held back."""

    group: str | None = None
    """A key of the label's line: documents with the same value of it are never parted by the split."""

    most: int | None = Field(default=None, ge=1)
    """The most labels to train on, drawn by `split_seed`; all where it is left out."""

    most_validation: int | None = Field(default=None, ge=1)
    """The most labels to validate on, drawn by `split_seed`; all where it is left out."""

    taught_windows: int | None = Field(default=None, ge=1)
    """The most windows of a document to train on, those that together state the most; all where left out."""

    repeat: int = Field(default=1, ge=1, le=100)
    """How often each label is shown in an epoch: the weight of this set beside the others."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        check_asked(self.domain, self.record_type, self.fields_file)
        return self

    @property
    def name(self) -> str:
        """What the set is called in messages."""
        if self.domain is not None:
            return f"{self.domain}/{self.record_type}" if self.record_type else self.domain
        return str(self.fields_file or self.labels[0])


class Augmentation(Keys):
    """How labels to train on are varied. Nothing is, by default."""

    share: float = Share
    """Of the times that labels are shown, the share in which they are varied."""

    heads: int = Field(default=6, ge=1, le=1000)
    """How many variations of fields and instructions a record type gets; its labels are dealt over them."""

    drop: float = Share
    """The chance of a field to be left out."""

    reorder: float = Share
    """The chance of a variation to have its fields in another order."""

    rename: float = Share
    """The chance of a field to be named with words of its description."""

    undescribe: float = Share
    """The chance of a field to have no description."""

    reword: float = Share
    """The chance of a variation to have other instructions."""

    shots: float = Share
    """The chance of a variation to show some other labels of the set, with answers, before a document."""

    unnamed: float = Share
    """The chance of a variation that shows some to have fields under names that say nothing."""

    cut: float = Share
    """The chance of a varied label to have a part of its document alone."""

    remove: float = Share
    """The chance of a varied label to lose the lines that state one of its values."""

    swap: float = Share
    """The chance of a varied label to have values of other labels in the place of some of its own."""

    cells: float = Share
    """The chance of a varied label to have its questions to cells of a table put to other cells."""

    skip_absent: float = Share
    """The chance of an absent value of a varied label not to be taught."""

    noise: float = Share
    """The chance of a varied label to have its text misread as OCR does."""

    noise_rate: float = Field(default=0.02, ge=0, le=0.5)
    """The share of a noisy text's characters that are misread."""
