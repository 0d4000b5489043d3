"""The engine: one long-lived thread that owns the model. Requests go in, replies come out.

Knows nothing of documents, packs or records.
"""

import atexit
import queue
import threading
from enum import Enum
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


class _Order(Enum):
    CANCEL = "drop all requests"
    CLOSE = "end the thread"


class Engine:
    """Answers requests in batches.

    `batch_tokens` bounds rows × longest row, and with it the memory of the attention cache. Use as a context
    manager, or call `close`.
    """

    def __init__(self, folder: Path, tokenizer: "PromptTokenizer", batch_tokens: int) -> None:
        """Loads the model; returns when it is ready. Raises ModelError."""
        self.tokenizer = tokenizer
        self.context = 0  # of the model, in tokens
        self._folder = folder
        self._batch_tokens = batch_tokens
        self._most_rows = _MOST_ROWS
        self._inbox: queue.Queue[Request | _Order] = queue.Queue()
        self._replies: queue.Queue[Reply | _Order] = queue.Queue()
        self._waiting: list[Row] = []
        self._interrupt = threading.Event()  # the model's own, once it is loaded
        self._loaded = threading.Event()
        self._error: ThresherError | None = None
        self._thread = threading.Thread(target=self._run, name="thresher-engine", daemon=True)
        self._thread.start()
        # MLX aborts a process whose threads still hold its streams at the end.
        atexit.register(self.close)
        self._loaded.wait()
        if self._error:
            self.close()
            raise self._error

    def submit(self, request: Request) -> None:
        """Queues a request. Its reply comes from `reply`."""
        self._inbox.put(request)

    def reply(self, timeout: float | None = None) -> Reply | None:
        """The next reply in the order of completion, None where none came within `timeout` seconds."""
        try:
            reply = self._replies.get(timeout=timeout) if timeout != 0 else self._replies.get_nowait()
        except queue.Empty:
            return None
        assert not isinstance(reply, _Order)
        return reply

    def cancel(self) -> None:
        """Drops all that is queued or in work. Returns within one pass of the model; no reply comes after."""
        self._interrupt.set()
        self._inbox.put(_Order.CANCEL)
        while self._thread.is_alive() and self._replies.get() is not _Order.CANCEL:
            pass

    def close(self) -> None:
        """Ends the thread and frees the model. May be called again."""
        self._interrupt.set()
        self._inbox.put(_Order.CLOSE)
        self._thread.join()
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        try:
            model, tokenizer = self._load()
        except Exception as error:
            if isinstance(error, ThresherError):
                self._error = error
            else:
                self._error = ModelError(f"{self._folder.name}: cannot be loaded ({error})")
            return
        finally:
            self._loaded.set()
        from thresher.app.engine.batch import Batch
        from thresher.app.engine.weights import Interrupted

        batch = Batch(model)
        while (order := self._receive(tokenizer, block=not batch.rows and not self._waiting)) != _Order.CLOSE:
            if order is _Order.CANCEL:
                self._waiting.clear()
                batch.clear()
                self._interrupt.clear()
                self._replies.put(_Order.CANCEL)
                continue
            try:
                self._advance(batch)
            except Interrupted:
                batch.clear()  # the order that explains it is in the inbox
            except Exception as error:
                # The rows in work are lost to what broke the pass; the engine and its queue live on.
                for row in batch.rows:
                    self._replies.put(Failed(row.request, str(error)))
                batch.clear()

    def _load(self) -> "tuple[LoadedModel, LLTokenizer]":
        load_fast_blas()
        from llguidance import LLTokenizer

        from thresher.app.engine.weights import load_weights

        model = load_weights(self._folder)
        self.context, self._interrupt = model.context, model.interrupt
        if not model.rows_agree():
            self._most_rows = 1
        return model, LLTokenizer(self.tokenizer.backend_json, eos_token=list(self.tokenizer.end_ids))

    def _receive(self, tokenizer: "LLTokenizer", block: bool) -> _Order | None:
        """Moves new requests to the waiting list, up to an order, which it returns."""
        from thresher.app.engine.row import Row

        while True:
            try:
                request = self._inbox.get(block=block)
            except queue.Empty:
                return None
            if isinstance(request, _Order):
                return request
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
        """Takes in waiting rows where half the places are free, else one step of those in work."""
        from thresher.app.engine.weights import Interrupted

        free = len(batch.rows) <= self._most_rows // 2
        group = self._next_group(batch) if free and self._waiting else []
        if group:
            try:
                batch.admit(group)
            except Interrupted:
                raise
            except Exception as error:
                for row in group:
                    self._replies.put(Failed(row.request, str(error)))
        elif batch.rows:
            batch.step()
        for row in batch.leave():
            self._replies.put(Answered(row.request, row.answer()))

    def _next_group(self, batch: "Batch") -> "list[Row]":
        """The oldest waiting row and those nearest to it in length that share its head, within the budget."""
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
        self._waiting = [row for row in self._waiting if row not in group]
        return group


def _most_tokens(row: "Row") -> int:
    return len(row.request.tokens) + row.request.answer_tokens
