"""A base model in memory: loaded by mlx-lm's definitions, its weights in the form that is fast here."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np

from thresher.adapters.blas import fit_threads
from thresher.adapters.mlx_base import on_cpu, open_base, prepare_for_cpu
from thresher.app.engine import attention, swiglu
from thresher.app.engine.adapted_linear import Resident
from thresher.app.engine.cache import RowCache, RowLengths
from thresher.app.engine.residents import Residents

#: The share of free memory that expanded weights may take; above it they stay quantised, and slow.
_EXPAND_SHARE = 0.6
#: Rows times tokens of one pass: bounds the memory of the attention scores.
_PASS_TOKENS = 2048


class LoadedModel:
    """A model that takes in ragged batches and gives each row's next logits, each under its own adapter.

    `interrupt`, once set, ends a `feed` before its next layer.
    """

    def __init__(self, model: Any, context: int, adapter_bytes: int) -> None:
        self.context = context
        self.interrupt = threading.Event()
        self.residents = Residents(model, adapter_bytes)
        self._model = model
        self._layers = len(model.layers)
        self._split = False  # whether the vocabulary projection can be taken at chosen positions alone
        self._split = self._projection_splits()

    def cache(self, rows: RowLengths) -> list[RowCache]:
        """An empty cache for these rows, one entry a layer."""
        return [RowCache(rows) for _ in range(self._layers)]

    def feed(
        self,
        batch: Sequence[Sequence[int]],
        cache: list[RowCache],
        adapters: Sequence[Resident | None] = (),
    ) -> mx.array:
        """Takes in each row's tokens, one or more; returns float32 logits (rows, vocabulary) after them.

        `adapters` has an entry for each row, or none at all. Raises Interrupted.
        """
        self.residents.chosen.set(adapters)
        rows = cache[0].rows
        rows.interrupt = self.interrupt
        longest = max(len(tokens) for tokens in batch)
        chunk = max(_PASS_TOKENS // len(batch), 1)
        last: list[mx.array | None] = [None] * len(batch)
        for start in range(0, longest, chunk):
            parts = [list(tokens[start : start + chunk]) for tokens in batch]
            width = max(len(part) for part in parts)
            tokens = mx.array([part + [0] * (width - len(part)) for part in parts])
            fit_threads()
            hidden = self._hidden(tokens, cache)
            rows.advance([len(part) for part in parts])
            for row, part in enumerate(parts):
                if part:
                    last[row] = hidden[row, len(part) - 1]
            # Evaluated a pass at a time: a graph over all passes would hold every pass's scores.
            mx.eval([h for h in last if h is not None], [(c.keys, c.values) for c in cache])
        logits = self._logits(mx.stack([h for h in last if h is not None])[:, None])[:, 0]
        return logits.astype(mx.float32)

    def _hidden(self, tokens: mx.array, cache: Any) -> mx.array:
        with swiglu.in_use():
            output: mx.array = (
                self._model.model(tokens, cache=cache) if self._split else self._model(tokens, cache=cache)
            )
        return output

    def _logits(self, hidden: mx.array) -> mx.array:
        if not self._split:
            return hidden
        head = getattr(self._model, "lm_head", None)
        output: mx.array = (
            head(hidden) if head is not None else self._model.model.embed_tokens.as_linear(hidden)
        )
        return output

    def _projection_splits(self) -> bool:
        """Tries the short way on three tokens: some architectures scale or cap their logits after it."""
        tokens = mx.array([[1, 2, 3]])
        whole = self._model(tokens)
        try:
            self._split = True
            short = self._logits(self._hidden(tokens, None))
        except (AttributeError, TypeError):
            return False
        return short.shape == whole.shape and bool(mx.allclose(short, whole, rtol=1e-3, atol=1e-3))

    def rows_agree(self) -> bool:
        """Whether a ragged batch gives what its rows give alone: a back end's rotary kernel may not."""
        prompts = [[5, 6, 7, 8, 9], [11, 12], [13, 14, 15]]
        together = self._after_two_feeds(prompts)
        alone = [self._after_two_feeds([prompt])[0] for prompt in prompts]
        return all(np.allclose(a, b, rtol=1e-2, atol=2e-1) for a, b in zip(together, alone, strict=True))

    def _after_two_feeds(self, prompts: list[list[int]]) -> list[np.ndarray[Any, Any]]:
        cache = self.cache(RowLengths([0] * len(prompts)))
        self.feed(prompts, cache)
        return list(np.array(self.feed([[21]] * len(prompts), cache)))


def load_weights(folder: Path, adapter_bytes: int) -> LoadedModel:
    """The model in an MLX folder, with room for so many bytes of adapters.

    Raises ModelError where it is broken or would run code of its own.
    """
    import psutil

    model, config = open_base(folder)
    if on_cpu():
        prepare_for_cpu(model, _EXPAND_SHARE * psutil.virtual_memory().available)
        attention.install(model)
        swiglu.install(model)
    mx.eval(model.parameters())
    model.eval()
    return LoadedModel(model, int(config.get("max_position_embeddings") or 4096), adapter_bytes)
