"""From a document to the engine's requests, and from its answers to what each window says."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from thresher.adapters.answer import parse_answer
from thresher.adapters.errors import ModelError
from thresher.adapters.fields import Field
from thresher.adapters.prompt import render_prompt
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.windows import Window, windows
from thresher.app.engine.request import Answer, Request
from thresher.app.extraction.merge import WindowAnswer

#: A window smaller than this is not worth asking about: the fields have eaten the context.
_LEAST_WINDOW = 128


@dataclass(frozen=True)
class WindowKey:
    """Which window of which document a request asks about."""

    document: int
    window: int


@dataclass(frozen=True)
class Asker:
    """Turns documents into requests for one record type. Sizes are in tokens."""

    tokenizer: PromptTokenizer
    instructions: str
    context: int
    window_tokens: int
    overlap: int
    answer_tokens: int

    def ask(self, number: int, text: str, fields: Sequence[Field]) -> tuple[list[Window], list[Request]]:
        """The windows of document `number` and a request for each.

        Raises ModelError where the fields leave no room for the document in the model's context.
        """
        prompt = self.tokenizer.prompt(*render_prompt(self.instructions, fields))
        room = self.context - len(prompt.head) - len(prompt.tail) - self.answer_tokens
        if room < _LEAST_WINDOW:
            raise ModelError(
                f"{len(fields)} fields take {len(prompt.head)} of the model's {self.context} tokens and "
                "leave no room for the document. Ask for fewer fields, or use a base with a longer context."
            )
        ids, offsets = self.tokenizer.document(text)
        size = min(self.window_tokens, room)
        parts = windows(text, offsets, size, min(self.overlap, size // 4))
        requests = [
            Request(
                key=WindowKey(number, at),
                tokens=(*prompt.head, *ids[part.first_token : part.last_token], *prompt.tail),
                shared=len(prompt.head),
                fields=tuple(fields),
                text=text[part.start : part.end],
                answer_tokens=self.answer_tokens,
            )
            for at, part in enumerate(parts)
        ]
        return parts, requests


def heard(window: Window, fields: Sequence[Field], answer: Answer) -> WindowAnswer:
    """What the answer says of its window. A value's confidence is the model's probability of its tokens."""
    parsed = parse_answer(fields, answer.text)
    confidences: dict[str, float | list[float]] = {}
    for one in fields:
        if one.name not in parsed.ranges:
            continue
        chances = [_chance(answer, start, end) for start, end in parsed.ranges[one.name]]
        confidences[one.name] = chances if one.is_list and parsed.values[one.name] else chances[0]
    return WindowAnswer(window, parsed.values, confidences, cut=parsed.cut, failed=False)


def _chance(answer: Answer, start: int, end: int) -> float:
    """The joint probability of the sampled tokens that share a character with [start, end)."""
    return math.exp(sum(score for first, last, score in answer.pieces if first < end and last > start))
