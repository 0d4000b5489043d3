"""The engine's loop: what its thread does. It alone touches the model."""

import queue
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from thresher.adapters.blas import load_fast_blas
from thresher.adapters.errors import ModelError, ThresherError
from thresher.app.engine.orders import AdapterOrder, Order
from thresher.app.engine.request import Answered, Failed, Reply, Request

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from thresher.adapters.tokens import PromptTokenizer
    from thresher.app.engine.adapted_linear import Resident
    from thresher.app.engine.batch import Batch
    from thresher.app.engine.residents import Residents
    from thresher.app.engine.row import Row
    from thresher.app.engine.weights import LoadedModel

#: More rows than this gain little: the pass is then bound by arithmetic.
_MOST_ROWS = 32


class Loop:
    """Requests and orders come through `inbox`, what became of them goes out through `replies`.

    `loaded` is set once the model is there, or `error` says why it is not. `interrupt` breaks off a pass.
    """

    def __init__(
        self, folder: Path, tokenizer: "PromptTokenizer", batch_tokens: int, adapter_bytes: int
    ) -> None:
        """The arguments are those of `Engine`. Nothing is loaded before `run`."""
        self.inbox: queue.Queue[Request | Order | AdapterOrder] = queue.Queue()
        self.replies: queue.Queue[Reply | Order] = queue.Queue()
        self.loaded = threading.Event()
        self.error: ThresherError | None = None
        self.interrupt = threading.Event()  # the model's own, once it is loaded
        self.context = 0
        self._folder = folder
        self._tokenizer = tokenizer
        self._batch_tokens = batch_tokens
        self._adapter_bytes = adapter_bytes
        self._most_rows = _MOST_ROWS
        self._waiting: list[Row] = []

    def run(self) -> None:
        """Loads the model and works until it is told to close."""
        try:
            model, tokenizer = self._load()
        except Exception as error:
            if isinstance(error, ThresherError):
                self.error = error
            else:
                self.error = ModelError(f"{self._folder.name}: cannot be loaded ({error})")
            return
        finally:
            self.loaded.set()
        from thresher.app.engine.batch import Batch
        from thresher.app.engine.cache import Interrupted

        batch = Batch(model)
        while True:
            idle = not batch.rows and not self._waiting
            order = self._receive(tokenizer, model.residents, block=idle)
            if order is Order.CLOSE:
                return
            try:
                self._carry_out(order, batch, model.residents)
            except Interrupted:
                batch.clear()  # the order that explains it is in the inbox
            except Exception as error:
                # The rows in work are lost to what broke the pass; the engine and its queue live on.
                for row in batch.rows:
                    self.replies.put(Failed(row.request, str(error)))
                batch.clear()

    def _carry_out(self, order: Order | AdapterOrder | None, batch: "Batch", residents: "Residents") -> None:
        """An order, or without one the next pass."""
        if order is Order.CANCEL:
            self._waiting.clear()
            batch.clear()
            self.interrupt.clear()
            self.replies.put(Order.CANCEL)
        elif isinstance(order, AdapterOrder):
            order.carry_out(residents, self._in_use(batch))
        else:
            self._advance(batch)
        residents.release(self._in_use(batch))

    def _in_use(self, batch: "Batch") -> "set[Resident]":
        return {row.adapter for row in (*batch.rows, *self._waiting) if row.adapter}

    def _load(self) -> "tuple[LoadedModel, LLTokenizer]":
        load_fast_blas()
        from llguidance import LLTokenizer

        from thresher.app.engine.weights import load_weights

        model = load_weights(self._folder, self._adapter_bytes)
        self.context, self.interrupt = model.context, model.interrupt
        if not model.rows_agree():
            self._most_rows = 1
        return model, LLTokenizer(self._tokenizer.backend_json, eos_token=list(self._tokenizer.end_ids))

    def _receive(
        self, tokenizer: "LLTokenizer", residents: "Residents", block: bool
    ) -> Order | AdapterOrder | None:
        """Moves new requests to the waiting list, up to an order, which it returns."""
        from thresher.app.engine.row import Row

        while True:
            try:
                request = self.inbox.get(block=block)
            except queue.Empty:
                return None
            if not isinstance(request, Request):
                return request
            block = False
            if len(request.tokens) + request.answer_tokens > self.context:
                message = f"{len(request.tokens)} tokens do not fit the model's context of {self.context}"
                self.replies.put(Failed(request, message))
                continue
            try:
                adapter = residents.use(request.adapter) if request.adapter is not None else None
            except ThresherError as error:
                self.replies.put(Failed(request, str(error)))
                continue
            self._waiting.append(Row(request, tokenizer, adapter))

    def _advance(self, batch: "Batch") -> None:
        """Takes in waiting rows where half the places are free, else one step of those in work."""
        from thresher.app.engine.cache import Interrupted
        from thresher.app.engine.waiting import next_group

        free = len(batch.rows) <= self._most_rows // 2
        group = []
        if free and self._waiting:
            group = next_group(self._waiting, batch.rows, self._most_rows, self._batch_tokens)
            self._waiting = [row for row in self._waiting if row not in group]
        if ready := [row for row in group if self._began(row)]:
            try:
                batch.admit(ready)
            except Interrupted:
                raise
            except Exception as error:
                for row in ready:
                    self.replies.put(Failed(row.request, str(error)))
        elif batch.rows:
            batch.step()
        for row in batch.leave():
            self.replies.put(Answered(row.request, row.answer()))

    def _began(self, row: "Row") -> bool:
        """Begins it; where that fails, its request has."""
        try:
            row.begin()
        except ThresherError as error:
            self.replies.put(Failed(row.request, str(error)))
        except Exception as error:
            # A defect costs one request. Its message may quote the document.
            self.replies.put(Failed(row.request, f"a defect of Thresher, {type(error).__name__}"))
        else:
            return True
        return False
