"""Answers of a torch model, decoded as the engine decodes: greedily under the record's grammar, in batches.

For benchmarks of what the engine cannot run, as a prefix or a base in training. Prompts, rows, grammar and
merging are those of use; only the arithmetic is torch's.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from llguidance import LLTokenizer
from torch import Tensor

from thresher.adapters.tokens import PromptTokenizer
from thresher.app.documents.document import Document
from thresher.app.engine.row import Row
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord
from thresher.app.extraction.asking import Asker, WindowKey, heard
from thresher.app.extraction.merge import merge
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.train_cuda.loss import cache_name

ROWS = 32


class TorchModel:
    """A causal model of transformers whose logits are its projection alone."""

    def __init__(self, model: Any, begin: Callable[[], Any] | None = None) -> None:
        """`begin` gives a cache of one row to start from."""
        self.model = model
        self._begin = begin
        self._name = cache_name(model)

    def begun(self, head: Sequence[int]) -> Any:
        """A cache of one row that has taken in the head."""
        from transformers import DynamicCache

        cache = self._begin() if self._begin else DynamicCache()
        self.model.base_model(input_ids=torch.tensor([head]), **{self._name: cache, "use_cache": True})
        return cache

    def feed(self, parts: Sequence[Sequence[int]], cache: Any, seen: Tensor, held: Tensor) -> Tensor:
        """Logits (rows, vocabulary) after each row's tokens; of a row without any they mean nothing.

        `seen` (rows, columns) is 1 where a column of the cache holds a token of the row, these ones included:
        padding is on the right of each part. `held` (rows,) counts each row's tokens before them.
        """
        width = max(len(part) for part in parts)
        tokens = torch.tensor([[*part, *[0] * (width - len(part))] for part in parts])
        hidden = self.model.base_model(
            input_ids=tokens,
            attention_mask=seen,
            position_ids=held[:, None] + torch.arange(width),
            **{self._name: cache, "use_cache": True},
        ).last_hidden_state
        last = torch.tensor([max(len(part) - 1, 0) for part in parts])
        logits: Tensor = self.model.get_output_embeddings()(hidden[torch.arange(len(parts)), last])
        return logits.float()


class _Group:
    """Rows in work and their cache."""

    def __init__(self, model: TorchModel, rows: Sequence[Row], head: Sequence[int]) -> None:
        self._model = model
        self.rows = list(rows)
        self._cache = model.begun(head)
        begun = self._cache.get_seq_length()
        for layer in self._cache.layers:
            layer.keys = layer.keys.repeat(len(rows), 1, 1, 1)
            layer.values = layer.values.repeat(len(rows), 1, 1, 1)
        self._seen = torch.ones(len(rows), begun, dtype=torch.int64)
        self._held = torch.full((len(rows),), begun)
        for row in rows:
            for _ in head:
                row.pending.popleft()

    def step(self) -> None:
        """One pass. A row with more pending than the average waits with the rest, as in the engine."""
        width = math.ceil(sum(len(row.pending) for row in self.rows) / len(self.rows))
        parts = [[row.pending.popleft() for _ in range(min(width, len(row.pending)))] for row in self.rows]
        lengths = torch.tensor([len(part) for part in parts])
        new = (torch.arange(int(lengths.max())) < lengths[:, None]).to(torch.int64)
        self._seen = torch.cat([self._seen, new], dim=1)
        logits = self._model.feed(parts, self._cache, self._seen, self._held).numpy()
        self._held = self._held + lengths
        for row, part, scores in zip(self.rows, parts, logits, strict=True):
            if part and not row.pending and not row.is_done:
                row.choose(scores)

    def leave(self) -> Iterator[Row]:
        """The rows that are done, which leave."""
        kept = [at for at, row in enumerate(self.rows) if not row.is_done]
        yield from (row for row in self.rows if row.is_done)
        if len(kept) < len(self.rows):
            for layer in self._cache.layers:
                layer.keys, layer.values = layer.keys[kept], layer.values[kept]
            self._seen, self._held = self._seen[kept], self._held[kept]
            self.rows = [self.rows[at] for at in kept]


@torch.no_grad()
def answers(model: TorchModel, gold: Sequence[GoldRecord], asker: Asker) -> list[PredictedRecord]:
    """What the model says of each document."""
    tokenizer = _grammar_tokenizer(asker.prompts.tokenizer)
    asked = [asker.ask(number, one.text, one.fields) for number, one in enumerate(gold)]
    requests = sorted((r for each in asked for r in each.requests), key=lambda r: (r.shared, len(r.tokens)))
    said: list[list[WindowAnswer]] = [[] for _ in gold]
    for start in range(0, len(requests), ROWS):
        part = requests[start : start + ROWS]
        head = tuple(part[0].tokens[: part[0].shared])
        assert all(tuple(one.tokens[: one.shared]) == head for one in part), "documents ask for the same"
        rows = [Row(one, tokenizer) for one in part]
        for row in rows:
            row.begin()
        group = _Group(model, rows, head)
        while group.rows:
            group.step()
            for row in group.leave():
                key = row.request.key
                assert isinstance(key, WindowKey)
                window = asked[key.document].windows[key.window]
                said[key.document].append(heard(window, row.request.fields, row.answer()))
    return [merged(one, each) for one, each in zip(gold, said, strict=True)]


@torch.no_grad()
def perplexity(model: TorchModel, tokens: Sequence[int], block: int = 512) -> float:
    """Of running text, in blocks that begin anew: exp of the mean loss over all but their first tokens."""
    from thresher.train_cuda.variants.loss import WholeLoss

    loss = WholeLoss(model.model, model._begin, shares=False)
    total, count = 0.0, 0
    for start in range(0, len(tokens) - 1, block):
        part = np.array(tokens[start : start + block], dtype=np.int32)[None]
        if part.shape[1] < 2:
            break
        total += float(loss(_text(part)))
        count += part.shape[1] - 1
    return math.exp(total / count)


def _text(part: Any) -> Any:
    from thresher.adapters.training.batches import Batch

    length = part.shape[1] - 1
    return Batch(
        ids=("text",),
        tokens=part[:, :-1],
        targets=part[:, 1:],
        mask=np.ones((1, length), dtype=np.bool_),
        lengths=np.array([length], dtype=np.int32),
    )


def _grammar_tokenizer(tokenizer: PromptTokenizer) -> LLTokenizer:
    return LLTokenizer(tokenizer.backend_json, eos_token=list(tokenizer.end_ids))


def merged(one: GoldRecord, said: Sequence[WindowAnswer]) -> PredictedRecord:
    """One record of what the windows say."""
    digest = hashlib.sha256(one.text.encode()).hexdigest()
    document = Document(name=one.id, sha256=digest, kind="record", text=one.text)
    values = {
        name: Predicted(v.value, v.outcome, tuple(span.text if span else None for span in v.spans))
        for name, v in merge(document, one.fields, said).items()
    }
    return PredictedRecord(one.id, values)
