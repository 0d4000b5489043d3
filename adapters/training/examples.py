"""Examples: the tokens of a window's prompt and answer, and the mask of the tokens that a loss counts.

An example is what use would see and should write: the same prompt, the same window, the same answer form.
Nothing is ever cut: what is too long is refused by name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.answer import parse_answer, render_answer
from thresher.adapters.cues import Cues
from thresher.adapters.errors import ModelError
from thresher.adapters.fields import Field
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.training.labels import Label
from thresher.adapters.training.statements import Placing, Statement, statements, telling
from thresher.adapters.window_choice import best_windows
from thresher.adapters.window_prompts import WindowPrompts


@dataclass(frozen=True, eq=False)
class Example:
    """One window of one label.

    `tokens` int32 and `mask` bool have shape (length,). `mask` is true at the tokens to be predicted: the
    answer's, but for values that are not taught, and the end token's. Never at the first token. The first
    `shared` tokens are the same in all examples that ask for the same.
    """

    id: str
    window: int
    tokens: NDArray[np.int32]
    mask: NDArray[np.bool_]
    shared: int

    @property
    def targets(self) -> int:
        """How many tokens a loss counts."""
        return int(np.count_nonzero(self.mask))

    def __len__(self) -> int:
        return int(self.tokens.size)


@dataclass(frozen=True)
class Examples:
    """The examples of some labels, and what became of the labels.

    `values` counts their values, `unplaced` by field those that no window's text states, `punctuated` those
    that the text has with other punctuation and that cannot be written so. `refused` has the id
    of each label that is left out, with the reason. `idle` counts windows that are left out: nothing of them
    is taught, or they state nothing and use would not ask about them, or others are to be taught rather.
    """

    examples: tuple[Example, ...]
    labels: int
    values: int
    unplaced: Counter[str]
    punctuated: Counter[str]
    refused: tuple[tuple[str, str], ...]
    idle: int

    @property
    def tokens(self) -> int:
        """All tokens of all examples."""
        return sum(len(example) for example in self.examples)

    @property
    def targets(self) -> int:
        """The tokens that a loss counts."""
        return sum(example.targets for example in self.examples)


@dataclass
class _Counts:
    placing: Placing = field(default_factory=Placing)
    refused: list[tuple[str, str]] = field(default_factory=list)
    idle: int = 0


def build_examples(
    labels: Sequence[Label],
    prompts: WindowPrompts,
    most_tokens: int | None = None,
    cues: Mapping[str, Cues] = MappingProxyType({}),
) -> Examples:
    """The examples of the labels, in order, windows in order; `cues`, by field, choose them as in use.

    A label with a window whose prompt and answer have more than `most_tokens` (or the context) is refused as
    a whole, as is one whose fields leave no room for its text.
    """
    most = min(most_tokens or prompts.sizes.context, prompts.sizes.context)
    counts = _Counts()
    examples: list[Example] = []
    for label in labels:
        examples += _of_label(label, prompts, most, cues, counts)
    return Examples(
        examples=tuple(examples),
        labels=len(labels),
        values=counts.placing.values,
        unplaced=counts.placing.unplaced,
        punctuated=counts.placing.punctuated,
        refused=tuple(counts.refused),
        idle=counts.idle,
    )


def _of_label(
    label: Label, prompts: WindowPrompts, most: int, cues: Mapping[str, Cues], counts: _Counts
) -> list[Example]:
    try:
        asked = prompts.of(label.text, label.instructions, label.fields, label.shots)
    except ModelError as error:
        counts.refused.append((label.id, str(error)))
        return []
    texts = [one.text for one in asked]
    stated = statements(label, texts, counts.placing)
    chosen = set(best_windows(texts, label.fields, label.most_windows, cues))
    kept = [at for at, one in enumerate(stated) if (one.taught if at in chosen else one.says_something)]
    if label.taught_windows:
        telling_most = telling([stated[at] for at in kept], label.taught_windows)
        kept = [at for number, at in enumerate(kept) if number in telling_most]
    counts.idle += len(stated) - len(kept)
    examples = []
    for at in kept:
        prompt, statement = asked[at], stated[at]
        tokens, mask = answer_tokens(prompts.tokenizer, label.fields, statement)
        length = len(prompt.tokens) + len(tokens)
        if length > most:
            counts.refused.append(
                (label.id, f"window {at + 1} and its answer have {length} of {most} tokens")
            )
            return []
        examples.append(
            Example(
                id=label.id,
                window=at,
                tokens=np.array([*prompt.tokens, *tokens], dtype=np.int32),
                mask=np.concatenate([np.zeros(len(prompt.tokens), dtype=np.bool_), mask]),
                shared=prompt.shared,
            )
        )
    return examples


def answer_tokens(
    tokenizer: PromptTokenizer, fields: Sequence[Field], statement: Statement
) -> tuple[list[int], NDArray[np.bool_]]:
    """The tokens of the answer and the end token, and the mask of those that are taught."""
    text = render_answer(fields, statement.values)
    ids, offsets = tokenizer.answer(text)
    ranges = parse_answer(fields, text).ranges
    hidden = [place for name in statement.untaught for place in ranges[name]]
    mask = [not _meets(token, hidden) for token in offsets]
    return [*ids, tokenizer.end_ids[0]], np.array([*mask, True], dtype=np.bool_)


def _meets(token: tuple[int, int], places: Iterable[tuple[int, int]]) -> bool:
    return any(token[0] < end and token[1] > start for start, end in places)
