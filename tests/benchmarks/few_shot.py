"""Prompts with labelled examples before the document: a base that is shown how, and not trained."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from thresher.adapters.answer import render_answer
from thresher.adapters.fields import Field, parse_fields
from thresher.adapters.prompt import render_prompt
from thresher.adapters.tokens import PromptTokenizer, PromptTokens
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes

SHOTS = 3


class FewShot(WindowPrompts):
    """Prompts that show `shown` before each document."""

    def __init__(self, tokenizer: PromptTokenizer, sizes: WindowSizes, shown: str) -> None:
        super().__init__(tokenizer, sizes)
        self._shown = shown

    def _prompt(self, instructions: str, fields: tuple[Field, ...]) -> PromptTokens:
        system, user = render_prompt(instructions, fields)
        before, heading, after = user.rpartition("Document:\n")
        return self.tokenizer.prompt(system, f"{before}{self._shown}{heading}{after}")


def shown_examples(fields: Sequence[Field], labels: Iterable[Mapping[str, Any]]) -> str:
    """Labelled documents with their answers, as they stand before the document that is asked about.

    A label's own fields go before `fields`.
    """
    shown = ""
    for label in labels:
        own = parse_fields(label["fields"], "the label") if label.get("fields") else fields
        shown += f"Document:\n{label['input']}\n\nAnswer:\n{render_answer(own, label['output'])}\n\n"
    return shown
