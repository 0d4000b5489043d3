"""One answer as it is written: the grammar's state, the tokens so far, and how sure the model was.

Knows nothing of MLX: logits come in as NumPy.
"""

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np
from llguidance import LLMatcher, LLParserLimits, LLTokenizer
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

from thresher.adapters.answer import parse_answer
from thresher.adapters.errors import ModelError
from thresher.app.engine.grammar import answer_grammar
from thresher.app.engine.request import Answer, Request

if TYPE_CHECKING:
    from thresher.app.engine.adapted_linear import Resident

    Tokens = np.ndarray[Any, np.dtype[np.intp]]

#: What the words of a window of thousands of tokens need where they are punctuated freely. A step took 40 ms
#: at the most of 20,000 characters, and 14 ms of 3,000.
LIMITS = LLParserLimits(initial_lexer_fuel=100_000_000, step_lexer_fuel=20_000_000)


class Row:
    """A request that waits or is in work. `pending` tokens are decided and wait to be fed to the model.

    `adapter` is the version of the request's adapter that was resident when the request came.
    """

    _matcher: LLMatcher

    def __init__(self, request: Request, tokenizer: LLTokenizer, adapter: "Resident | None" = None) -> None:
        self.request = request
        self.adapter = adapter
        self.pending: deque[int] = deque(request.tokens)
        self._tokenizer = tokenizer
        self._tokens: list[int] = []
        self._sampled: list[tuple[int, float]] = []  # index into _tokens, log probability

    def begin(self) -> None:
        """Builds the grammar, and takes what it forces at the start.

        Called once, when the row's turn comes: the grammars of a thousand windows take half a gigabyte.
        """
        request = self.request
        grammar = answer_grammar(request.fields, request.text, request.conventions)
        self._matcher = LLMatcher(self._tokenizer, grammar, log_level=0, limits=LIMITS)
        if self._matcher.is_error():
            raise ModelError(f"the grammar of the record cannot be built: {self._trouble()}")
        self._bitmask = allocate_token_bitmask(1, self._tokenizer.vocab_size)
        self._force()

    @property
    def is_done(self) -> bool:
        """Whether the answer is whole or its tokens are spent."""
        return self._matcher.is_stopped() or len(self._tokens) >= self.request.answer_tokens

    def choose(self, logits: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        """Takes the likeliest token that the grammar allows (ties: the lowest id), and what it then forces.

        Of a field with preferred ways to answer only tokens of these. `logits` has shape (vocabulary,).
        """
        fill_next_token_bitmask(self._matcher, self._bitmask, 0)
        bits = np.unpackbits(self._bitmask[0].view(np.uint8), bitorder="little")[: logits.shape[0]]
        allowed = np.flatnonzero(bits)
        if allowed.size == 0:
            raise ModelError(f"the grammar allows no token: {self._trouble()}")
        allowed, sureness = self._of_preferred(allowed)
        scores = logits[allowed]
        best = int(np.argmax(scores))
        token = int(allowed[best])
        if sureness is None:
            sureness = -float(np.log(np.exp(scores - scores[best], dtype=np.float64).sum()))
        self._sampled.append((len(self._tokens), sureness))
        self._take(self._list_end(token) or [token])
        self._force()

    def answer(self) -> Answer:
        """The text so far. Tokens of a character that the cut left unfinished are dropped."""
        end_ids = set(self._tokenizer.eos_tokens)
        tokens = [token for token in self._tokens if token not in end_ids]
        lengths = [len(self._tokenizer.decode_bytes([token])) for token in tokens]
        data = self._tokenizer.decode_bytes(tokens)
        text = data.decode("utf-8", errors="ignore")
        starts = np.concatenate([[0], np.cumsum(lengths)])
        # From bytes to characters: continuation bytes begin none.
        begins = np.cumsum([0, *((byte & 0xC0) != 0x80 for byte in data)])
        pieces = tuple(
            (int(begins[starts[at]]), int(begins[starts[at + 1]]), score)
            for at, score in self._sampled
            if at < len(tokens)
        )
        return Answer(text, pieces)

    def _of_preferred(self, allowed: "Tokens") -> "tuple[Tokens, float | None]":
        """The allowed tokens of the field's preferred ways, where it has such, and how sure the next one is.

        In natural logarithms, told once a value. None where the model's counts. Where the grammar allows none
        of the ways, the model decides.
        """
        said = self._tokenizer.decode_bytes(self._tokens) if self.request.preferred else b""
        for one in self.request.preferred:
            if (begun := one.begun(said)) is not None:
                pieces = (self._tokenizer.decode_bytes([token]) for token in allowed.tolist())
                kept = [one.goes_on(begun + piece) for piece in pieces]
                if any(kept):
                    return allowed[kept], 0.0 if one.sureness and begun.strip() else one.sureness
        return allowed, None

    def _list_end(self, token: int) -> list[int]:
        """The tokens that end the list, where `token` would end an item that the list already has; else none.

        A model that names an item again has no more to name, and would often go on so until it is cut.
        """
        before, quote, _ = self._tokenizer.decode_bytes([token]).partition(b'"')
        if not quote:
            return []
        text = (self._tokenizer.decode_bytes(self._tokens) + before + quote).decode("utf-8", errors="ignore")
        parsed = parse_answer(self.request.fields, text)
        items = parsed.values.get(parsed.cut or "")
        if not isinstance(items, list) or items[-1] not in items[:-1]:
            return []
        end = self._tokenizer.tokenize_bytes(before + b'"]')
        return end if self._matcher.validate_tokens(end) == len(end) else []

    def _trouble(self) -> str:
        """The first line of the matcher's error: the rest quotes the document, which no log may hold."""
        return str(self._matcher.get_error()).partition("\n")[0]

    def _force(self) -> None:
        if not self._matcher.is_stopped():
            self._take(self._matcher.compute_ff_tokens())

    def _take(self, tokens: list[int]) -> None:
        if tokens and not self._matcher.consume_tokens(tokens):
            raise ModelError(f"the grammar refused its own token: {self._trouble()}")
        self._tokens += tokens
        self.pending += tokens
