"""The configuration of a training run: one YAML file for both trainers. The defaults are the recipe.

Knows no trainer, and reads nothing of what it names.
"""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from thresher.adapters.errors import UsageError
from thresher.adapters.regular_file import read_regular
from thresher.adapters.training.run_parts import Augmentation, Keys, LabelSet, check_asked
from thresher.adapters.training.schedule import default_learning_rate
from thresher.adapters.yaml_keys import key_problems, parse_keys, save_keys

FORMAT: Literal[2] = 2
#: Keys of older forms that mean nothing any more.
_GONE = {1: ("patience",)}

#: Keys that hold paths: relative ones are taken from the folder of the file.
_PATHS = ("base", "out", "packs", "parent", "fields_file", "labels", "validation")
_SET_PATHS = ("fields_file", "labels", "validation")
#: Keys that say what one set of labels is, in place of `sets`.
_ONE_SET = ("domain", "record_type", "fields_file", "labels", "validation", "group")


class RunConfig(Keys):
    """All that a run depends on, beside the files that it names."""

    format: Literal[2] = FORMAT
    """The version of this file's form."""

    base: Path
    """The folder of the base model."""

    out: Path
    """The folder to write the adapter to; the run's metrics and resumable state lie in it too."""

    domain: str | None = None
    """The domain whose instructions and fields the labels have."""

    record_type: str | None = None
    """The record type of the domain; its first where none is named."""

    packs: Path | None = None
    """The folder of the user's own packs, where the domain is one of them."""

    parent: Path | None = None
    """The folder of the adapter to start from; a new one where it is left out."""

    fields_file: Path | None = None
    """A JSON file with a list of fields, in place of those of a pack."""

    labels: tuple[Path, ...] = ()
    """JSON-lines files of labels to train on."""

    sets: tuple[LabelSet, ...] = ()
    """Sets of labels of several record types, in place of the keys that describe one set."""

    augment: Augmentation = Augmentation()
    """How labels to train on are varied, so that the adapter serves fields and documents of other kinds."""

    unfit_values: Literal["refuse", "skip"] = "refuse"
    """Whether a value that breaks its field's type ends the run, or is told and not taught."""

    validation: tuple[Path, ...] = ()
    """JSON-lines files of labels to validate on; without any, a share of the labels is held back."""

    validation_share: float = Field(default=0.1, ge=0, lt=1)
    """The share of documents held back for validation where no files are named for it."""

    proof_share: float = Field(default=0.1, ge=0, lt=1)
    """The share of documents that no run trains on or chooses by: they prove which adapter is better."""

    group: str | None = None
    """A key of the label's line: documents with the same value of it are never parted by the split."""

    rank: int = Field(default=8, ge=1, le=1024)
    """The rank of the adapter's matrices."""

    alpha: float | None = Field(default=None, gt=0)
    """The adapter's scale times its rank; twice the rank where it is left out."""

    targets: Literal["all"] | tuple[str, ...] = "all"
    """The layers to adapt, by the last part of their names; by default all of attention and MLP."""

    dropout: float = Field(default=0.0, ge=0, lt=1)
    """The share of an adapted layer's inputs that is dropped in training."""

    learning_rate: float | None = Field(default=None, gt=0)
    """The peak rate; by the base's width where it is left out."""

    weight_decay: float = Field(default=1e-5, ge=0)
    """AdamW's decoupled decay, times the rate, on the adapter's matrices."""

    betas: tuple[float, float] = (0.9, 0.999)
    """AdamW's decay of the first and the second moment; both are corrected for their bias."""

    eps: float = Field(default=1e-8, gt=0)
    """AdamW's least denominator."""

    clip: float = Field(default=1.0, gt=0)
    """The most that the norm of all gradients may be."""

    warm_up: float = Field(default=0.05, ge=0, le=1)
    """The share of the steps over which the rate rises to its peak."""

    rate_floor: float = Field(default=0.0, ge=0, le=1)
    """The rate at the end of the cosine, as a share of the peak."""

    epochs: int | None = Field(default=None, ge=1)
    """How often each example is seen; three times where it is left out, and more often of few labels."""

    steps: int | None = Field(default=None, ge=1)
    """The steps of the optimiser, in place of `epochs`."""

    batch_tokens: int = Field(default=4096, ge=64)
    """The most tokens, padding included, of one pass through the model."""

    batch_size: int = Field(default=8, ge=1)
    """The most examples of one pass."""

    accumulation: int = Field(default=1, ge=1)
    """The passes whose gradients make one step, on all devices together, each token weighing the same."""

    max_example_tokens: int | None = Field(default=None, ge=64)
    """The longest example; longer ones are refused by name, never cut. The base's context by default."""

    window_tokens: int = Field(default=768, ge=64)
    """How many tokens of a document an example holds at most: as in use."""

    window_overlap: int = Field(default=96, ge=0)
    """How many tokens two neighbouring windows share: as in use."""

    answer_tokens: int = Field(default=1024, ge=16)
    """The room for an answer that use keeps free when it cuts windows."""

    gradient_checkpointing: bool = False
    """Whether to compute activations twice to hold fewer of them."""

    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """The type of the base's weights and of activations; auto is what is fast where the run starts."""

    base_storage: Literal["dense", "packed"] = "dense"
    """Whether the base's quantised weights are expanded once, or kept packed and expanded in each pass."""

    shard_base: bool = False
    """Whether each of several processes keeps a share of the base, in place of all of it."""

    seed: int = Field(default=7, ge=0, lt=2**32)
    """What the adapter's first matrices, the order of examples and dropout follow from."""

    split_seed: int = Field(default=0, ge=0, lt=2**32)
    """What the split follows from: apart from `seed`, so that what is held back stays so."""

    evaluate_every: int | None = Field(default=None, ge=1)
    """Steps between two validations; once an epoch where it is left out."""

    save_every: int = Field(default=50, ge=1)
    """Steps between two saves of the resumable state."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.window_overlap * 2 > self.window_tokens:
            raise ValueError("window_overlap: may be at most half of window_tokens")
        if not all(0 <= beta < 1 for beta in self.betas):
            raise ValueError("betas: must be at least 0 and below 1")
        check_asked(self.domain, self.record_type, self.fields_file)
        given = [key for key in _ONE_SET if getattr(self, key)]
        if self.sets and given:
            raise ValueError(f"sets: is in place of {', '.join(given)}; give these keys to a set")
        if not self.sets and not self.labels:
            raise ValueError("labels: at least one file, or sets that each have one, must be given")
        return self

    @property
    def label_sets(self) -> tuple[LabelSet, ...]:
        """The sets of labels: those that are given, else the one that the run's own keys describe."""
        return self.sets or (LabelSet.model_validate({key: getattr(self, key) for key in _ONE_SET}),)

    @property
    def used_alpha(self) -> float:
        """The alpha that is given, else twice the rank."""
        return self.alpha if self.alpha is not None else 2.0 * self.rank

    @staticmethod
    def paths() -> dict[str, Any]:
        """The keys that say where files lie, and nothing of the recipe: for pydantic's `exclude`."""
        return {**dict.fromkeys(_PATHS, True), "sets": {"__all__": set(_SET_PATHS)}}

    def used_learning_rate(self, hidden_size: int) -> float:
        """The peak rate that is given, else the default for a base of this width."""
        return self.learning_rate if self.learning_rate is not None else default_learning_rate(hidden_size)


def read_run(path: Path) -> RunConfig:
    """The run of a YAML file, its relative paths taken from the file's folder.

    Raises UsageError that names the file and each key that is wrong, at once.
    """
    try:
        raw = parse_keys(read_regular(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}). Check the path.") from error
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error
    return parse_run(raw, str(path), path.absolute().parent)


def parse_run(raw: dict[str, Any], where: str, folder: Path) -> RunConfig:
    """The run of a mapping, its relative paths taken from `folder`.

    Raises UsageError that starts with `where` and names each key that is wrong, at once.
    """
    version = raw.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise UsageError(f"{where}: format {version} is from a newer Thresher. Update Thresher.")
    if isinstance(version, int) and version in _GONE:
        raw = {key: value for key, value in raw.items() if key not in _GONE[version]} | {"format": FORMAT}
    try:
        config = RunConfig.model_validate(raw)
    except ValidationError as error:
        problems = key_problems(error, RunConfig, sets=LabelSet, augment=Augmentation)
        raise UsageError(f"{where}: {problems}. Correct it.") from error
    sets = [
        one.model_copy(update={name: _from(folder, getattr(one, name)) for name in _SET_PATHS})
        for one in config.sets
    ]
    own = {name: _from(folder, getattr(config, name)) for name in _PATHS}
    return config.model_copy(update={**own, "sets": tuple(sets)})


def save_run(path: Path, config: RunConfig) -> None:
    """Write the file whole or not at all. Raises UsageError where it cannot be written."""
    save_keys(path, config)


def _from(folder: Path, value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(folder / path for path in value)
    return None if value is None else folder / value
