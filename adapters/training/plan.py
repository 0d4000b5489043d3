"""The plan of a run: what its configuration comes to, before any weight is loaded.

Both trainers start here, so that they see the same examples in the same order and the same first adapter.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from math import ceil

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.errors import UsageError
from thresher.adapters.letters import Letters
from thresher.adapters.manifest import BoundPack, CuesByType, Data
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.training.batches import Batch, BatchPlan, collate, heads_of
from thresher.adapters.training.documents import Documents, documents_of
from thresher.adapters.training.examples import Example, build_examples
from thresher.adapters.training.first_adapter import chosen_layers, first_adapter
from thresher.adapters.training.found import found_in
from thresher.adapters.training.labels import labels_fingerprint
from thresher.adapters.training.learn_cues import cues_of_sets, own_cues, without_cued
from thresher.adapters.training.learn_letters import letters_of_sets
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.run_config import RunConfig
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes

#: How often each example is seen where a run does not say; and the fewest steps that this may come to: of a
#: hundred labels three times are forty steps, in which little is learnt (docs/training.md).
EPOCHS, LEAST_STEPS = 3, 120
#: The fewest steps between two validations: in fewer the loss says nothing about where the run is going.
_LEAST_BETWEEN = 10


@dataclass(frozen=True)
class Plan:
    """A run, ready to start. `layers` are the module paths to adapt; `rate` is the peak learning rate.

    `notes` tells the user what was found in the labels: duplicates, leaks, refused ones. `documents` has the
    keys of the documents of each side. `train` holds so many `epochs`: where labels are varied all of the
    run's, as each varies them otherwise, and else one. `cues` are those that the adapter gets: what they tell
    is not taught, since use does not ask for it. `letters` are those that it learns, by record type.
    """

    config: RunConfig
    base: BaseModel
    layers: tuple[str, ...]
    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    data: Data
    pack: BoundPack | None
    parent: str | None
    first: dict[str, LoraLayer]
    notes: tuple[str, ...]
    documents: Documents = field(default_factory=dict)
    epochs: int = 1
    cues: CuesByType = field(default_factory=dict)
    letters: Mapping[str, Letters] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """The peak learning rate."""
        return self.config.used_learning_rate(self.base.hidden_size)

    @property
    def steps(self) -> int:
        """The steps of the optimiser."""
        if self.epochs == 1:
            return steps_of(self.config, self.steps_per_epoch)
        all_once = self._batches.steps_per_epoch
        return self.config.steps or (all_once if self.config.epochs else max(all_once, LEAST_STEPS))

    @property
    def steps_per_epoch(self) -> int:
        """The steps in which what an epoch shows is seen once."""
        return ceil(self._batches.steps_per_epoch / self.epochs)

    @cached_property
    def hash(self) -> str:
        """The sha256, in hex, of all that the adapter depends on: a state of another run is never resumed."""
        # They change no number; what the proof's share is shows in the examples.
        apart = dict.fromkeys(("save_every", "base_storage", "shard_base", "proof_share"), True)
        asked = self.config.model_dump(mode="json", exclude=RunConfig.paths() | apart)
        digest = sha256(json.dumps([asked, self.base.identity.model_dump(), self.parent]).encode())
        for example in (*self.train, *self.validation):
            digest.update(example.tokens.tobytes())
            digest.update(example.mask.tobytes())
        return digest.hexdigest()

    def step(self, step: int) -> list[NDArray[np.int64]]:
        """The batches of a step, as numbers of examples."""
        return self._batches.step(step)

    def validates_after(self, step: int) -> bool:
        """Whether a validation follows the step that is the `step`th, counted from 1."""
        if not self.validation:
            return False
        every = self.config.evaluate_every or max(self.steps_per_epoch, _LEAST_BETWEEN)
        return step % every == 0 or step == self.steps

    def validation_batches(self) -> Iterator[Batch]:
        """Every example of the validation side once."""
        lengths = [len(example) for example in self.validation]
        config = self.config
        most = max(config.batch_tokens, *lengths)
        heads = heads_of(self.validation)
        for numbers in BatchPlan(lengths, most, config.batch_size, config.seed, heads=heads).epoch(0):
            yield collate(self.validation, numbers)

    @cached_property
    def _batches(self) -> BatchPlan:
        return _batches(self.config, self.train)


def _batches(config: RunConfig, examples: Sequence[Example]) -> BatchPlan:
    lengths, heads = [len(example) for example in examples], heads_of(examples)
    sizes = config.batch_tokens, config.batch_size
    return BatchPlan(lengths, *sizes, config.seed, config.accumulation, heads)


def steps_of(config: RunConfig, steps_per_epoch: int) -> int:
    """The steps of a run whose labels come to so many an epoch."""
    epochs = config.epochs or max(EPOCHS, ceil(LEAST_STEPS / steps_per_epoch))
    return config.steps or steps_per_epoch * epochs


def make_plan(config: RunConfig) -> Plan:
    """Reads base, pack and labels.

    Raises UsageError, ModelError, PackError or AdapterError, each naming what is wrong.
    """
    base = read_base(config.base)
    layers = tuple(chosen_layers(config, base.linear))
    sets, pack = read_sets(config)
    parent, first = first_adapter(config, base, layers)
    cues = cues_of_sets(sets, parent.cues if parent else {})
    to_teach = [without_cued(one, cues) for one in sets]
    prompts = WindowPrompts(
        PromptTokenizer(config.base),
        WindowSizes(base.context, config.window_tokens, config.window_overlap, config.answer_tokens),
    )
    train: list[Example] = []
    validation: list[Example] = []
    notes: list[str] = []
    too_long = False
    for one in to_teach:
        own = own_cues(one, cues)
        taught = build_examples(one.shown(), prompts, config.max_example_tokens, own)
        held = build_examples(one.sides.validation, prompts, config.max_example_tokens, own)
        train += taught.examples
        validation += held.examples
        notes += found_in(one, taught, held, several=len(sets) > 1)
        too_long = too_long or (config.max_example_tokens is not None and bool(taught.refused))
    if not train:
        raise _nothing_to_train_on(notes, too_long)
    epochs = 1
    if config.augment.share:
        once = _batches(config, train).steps_per_epoch
        epochs = ceil(steps_of(config, once) / once)
    if epochs > 1:
        every = [
            build_examples(one.shown(epochs), prompts, config.max_example_tokens, own_cues(one, cues))
            for one in to_teach
        ]
        train = [example for taught in every for example in taught.examples]
    if not validation:
        notes.append(
            "nothing is held back to validate on, so no loss shows how it does on new documents. Give more "
            "labels, or files to validate on"
        )
    plan = Plan(
        config=config,
        base=base,
        layers=layers,
        train=tuple(train),
        validation=tuple(validation),
        data=Data(
            fingerprint=labels_fingerprint(label for one in sets for label in one.sides.train),
            train=sum(len(one.sides.train) for one in sets),
            validation=sum(len(one.sides.validation) for one in sets),
            proof=sum(len(one.sides.proof) for one in sets),
        ),
        pack=pack,
        parent=parent.weights if parent else None,
        first=first,
        notes=tuple(notes),
        documents=documents_of([one.sides for one in sets]),
        epochs=epochs,
        cues=cues,
        letters=letters_of_sets(sets, parent.letters if parent else {}),
    )
    plan.step(0)  # raises where an example is too long for a batch
    return plan


def _nothing_to_train_on(notes: Sequence[str], too_long: bool) -> UsageError:
    remedy = "Give more labels, of documents that state their values" + (
        ", or raise max_example_tokens." if too_long else "."
    )
    error = UsageError("\n".join(lines := ("there is no example to train on:", *notes, remedy)))
    error.lines = lines
    return error
