"""The engine: one long-lived thread that owns the model. Requests go in, replies come out.

Knows nothing of documents, packs or records.
"""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

from thresher.adapters.errors import ModelError, ThresherError
from thresher.app.engine.blas import load_fast_blas
from thresher.app.engine.request import Answered, Failed, Reply, Request

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from thresher.adapters.tokens import PromptTokenizer
    from thresher.app.engine.batch import Batch
    from thresher.app.engine.row import Row
    from thresher.app.engine.weights import LoadedModel

#: More rows than this gain little: the pass is then bound by arithmetic.
_MOST_ROWS = 32


class Engine:
    """Answers requests in batches.

    `batch_tokens` bounds rows × longest row, and with it the memory of the attention cache. Use as a context
    manager, or call `close`.
    """

    def __init__(self, folder: Path, tokenizer: "PromptTokenizer", batch_tokens: int) -> None:
        """Loads the model; returns when it is ready. Raises ModelError."""
        self.context = 0
        self._folder = folder
        self._tokenizer = tokenizer
        self._batch_tokens = batch_tokens
        self._most_rows = _MOST_ROWS
        self._inbox: queue.Queue[Request | None] = queue.Queue()
        self._replies: queue.Queue[Reply] = queue.Queue()
        self._waiting: list[Row] = []
        self._cancelled = threading.Event()
        self._loaded = threading.Event()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="thresher-engine", daemon=True)
        self._thread.start()
        self._loaded.wait()
        if self._error:
            raise self._error

    def submit(self, request: Request) -> None:
        """Queues a request. Its reply comes from `replies`."""
        self._cancelled.clear()
        self._inbox.put(request)

    def reply(self, timeout: float | None = None) -> Reply | None:
        """The next reply in the order of completion, None where none came within `timeout` seconds."""
        try:
            return self._replies.get(timeout=timeout)
        except queue.Empty:
            return None

    def cancel(self) -> None:
        """Drops all that is queued or in work, within one pass of the model. No reply comes for it."""
        self._cancelled.set()

    def close(self) -> None:
        """Ends the thread and frees the model."""
        self._cancelled.set()
        self._inbox.put(None)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        try:
            model, grammar_tokenizer = self._load()
        except Exception as error:
            self._error = (
                error if isinstance(error, ThresherError) else ModelError(f"{self._folder.name}: {error}")
            )
            self._loaded.set()
            return
        self._loaded.set()
        from thresher.app.engine.batch import Batch

        batch = Batch(model)
        while self._receive(grammar_tokenizer, block=not batch.rows and not self._waiting):
            if self._cancelled.is_set():
                self._waiting.clear()
                batch.clear()
                continue
            try:
                self._advance(batch)
            except Exception as error:
                # The rows in work are lost to whatever broke the pass; the engine and its queue live on.
                for row in batch.rows:
                    self._replies.put(Failed(row.request, str(error)))
                batch.clear()

    def _load(self) -> "tuple[LoadedModel, LLTokenizer]":
        load_fast_blas()
        from llguidance import LLTokenizer

        from thresher.app.engine.weights import load_weights

        model = load_weights(self._folder)
        self.context = model.context
        if not model.rows_agree():
            self._most_rows = 1
        return model, LLTokenizer(self._tokenizer.backend_json, eos_token=list(self._tokenizer.end_ids))

    def _receive(self, tokenizer: "LLTokenizer", block: bool) -> bool:
        """Moves new requests to the waiting list. False when the engine is to end."""
        from thresher.app.engine.row import Row

        while True:
            try:
                request = self._inbox.get(block=block)
            except queue.Empty:
                return True
            if request is None:
                return False
            block = False
            if len(request.tokens) + request.answer_tokens > self.context:
                message = f"{len(request.tokens)} tokens do not fit the model's context of {self.context}"
                self._replies.put(Failed(request, message))
                continue
            try:
                self._waiting.append(Row(request, tokenizer))
            except ThresherError as error:
                self._replies.put(Failed(request, str(error)))

    def _advance(self, batch: "Batch") -> None:
        if len(batch.rows) <= self._most_rows // 2 and (group := self._next_group(batch)):
            try:
                batch.admit(group)
            except Exception as error:
                for row in group:
                    self._replies.put(Failed(row.request, str(error)))
        elif batch.rows:
            batch.step()
        for row in batch.leave():
            self._replies.put(Answered(row.request, row.answer()))

    def _next_group(self, batch: "Batch") -> "list[Row]":
        """The oldest waiting row and those nearest to it in length that share its head, within the budget."""
        if not self._waiting:
            return []
        oldest = self._waiting[0]
        head = list(oldest.request.tokens[: oldest.request.shared])
        alike = [row for row in self._waiting if list(row.request.tokens[: row.request.shared]) == head]
        candidates = alike if len(alike) > 1 else self._waiting
        target = len(oldest.request.tokens)
        candidates = sorted(
            candidates, key=lambda row: (row is not oldest, abs(len(row.request.tokens) - target))
        )
        group: list[Row] = []
        longest = max((_most_tokens(row) for row in batch.rows), default=0)
        for row in candidates:
            longest = max(longest, _most_tokens(row))
            count = len(batch.rows) + len(group) + 1
            if count > self._most_rows or (count > 1 and count * longest > self._batch_tokens):
                break
            group.append(row)
        chosen = set(map(id, group))
        self._waiting = [row for row in self._waiting if id(row) not in chosen]
        return group


def _most_tokens(row: "Row") -> int:
    return len(row.request.tokens) + row.request.answer_tokens


def drain(engine: Engine, count: int) -> Iterator[Reply]:
    """The next `count` replies, waiting for each."""
    for _ in range(count):
        reply = engine.reply()
        assert reply is not None
        yield reply
