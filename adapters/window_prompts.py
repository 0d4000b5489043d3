"""From a document to the prompts of its windows: one way, in training and in use."""

from collections.abc import Sequence
from dataclasses import dataclass

from thresher.adapters.conventions import Conventions
from thresher.adapters.errors import ModelError
from thresher.adapters.fields import Field
from thresher.adapters.prompt import render_prompt
from thresher.adapters.shots import Shot
from thresher.adapters.tokens import PromptTokenizer, PromptTokens
from thresher.adapters.windows import Window, windows

#: What a prompt is rendered of: instructions, fields and shots.
_Asked = tuple[str, tuple[Field, ...], tuple[Shot, ...]]
#: A window smaller than this is not worth asking about: the fields have eaten the context.
_LEAST_WINDOW = 128


@dataclass(frozen=True)
class WindowPrompt:
    """A window, its text, its document's conventions, and the tokens that ask about it.

    The first `shared` of them are the same in all prompts of a run.
    """

    window: Window
    text: str
    conventions: Conventions
    tokens: tuple[int, ...]
    shared: int


@dataclass(frozen=True)
class WindowSizes:
    """Sizes in tokens: the base's context, a window, what two share, and the longest answer."""

    context: int
    window_tokens: int
    overlap: int
    answer_tokens: int


class WindowPrompts:
    """Renders the prompts of documents for one base model."""

    def __init__(self, tokenizer: PromptTokenizer, sizes: WindowSizes) -> None:
        self.tokenizer = tokenizer
        self.sizes = sizes
        # The documents of a run ask for the same fields again and again.
        self._last: tuple[_Asked, PromptTokens] | None = None

    def of(
        self, text: str, instructions: str, fields: Sequence[Field], shots: Sequence[Shot] = ()
    ) -> list[WindowPrompt]:
        """A prompt for each window of the text, in order; none where the text is empty.

        Each has as many of the shots, the first ones, as leave a window its whole size in the context.
        Raises ModelError where the fields alone leave no room for the document.
        """
        sizes = self.sizes
        prompt = self._prompt(instructions, tuple(fields), tuple(shots))
        room = self._room(prompt)
        if room < _LEAST_WINDOW:
            raise ModelError(
                f"{len(fields)} fields take {len(prompt.head)} of the model's {sizes.context} tokens and "
                "leave no room for the document. Ask for fewer fields, or use a base with a longer context."
            )
        ids, offsets = self.tokenizer.document(text)
        size = min(sizes.window_tokens, room)
        conventions = Conventions(text)
        return [
            WindowPrompt(
                window=part,
                text=text[part.start : part.end],
                conventions=conventions,
                tokens=(*prompt.head, *ids[part.first_token : part.last_token], *prompt.tail),
                shared=len(prompt.head),
            )
            for part in windows(text, offsets, size, min(sizes.overlap, size // 4))
        ]

    def _room(self, prompt: PromptTokens) -> int:
        """The tokens that a prompt and its answer leave for a window."""
        return self.sizes.context - len(prompt.head) - len(prompt.tail) - self.sizes.answer_tokens

    def _prompt(self, instructions: str, fields: tuple[Field, ...], shots: tuple[Shot, ...]) -> PromptTokens:
        """With as many of the shots as leave a window its whole size."""
        asked = instructions, fields, shots
        if self._last is None or self._last[0] != asked:
            prompt = self.tokenizer.prompt(*render_prompt(instructions, fields, shots))
            while shots and self._room(prompt) < self.sizes.window_tokens:
                shots = shots[:-1]
                prompt = self.tokenizer.prompt(*render_prompt(instructions, fields, shots))
            self._last = asked, prompt
        return self._last[1]
