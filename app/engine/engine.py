"""The engine: one long-lived thread that owns the model. Requests go in, replies come out.

Knows nothing of documents, packs or records.
"""

import atexit
import queue
import threading
import time
from collections.abc import Mapping
from concurrent.futures import wait
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from thresher.adapters.blas import load_fast_blas
from thresher.adapters.errors import ModelError, ThresherError
from thresher.app.engine.orders import AdapterOrder, Order
from thresher.app.engine.request import Answered, Failed, Reply, Request

if TYPE_CHECKING:
    from llguidance import LLTokenizer

    from thresher.adapters.adapter import LoraLayer
    from thresher.adapters.tokens import PromptTokenizer
    from thresher.app.engine.adapted_linear import Resident
    from thresher.app.engine.batch import Batch
    from thresher.app.engine.orders import Act
    from thresher.app.engine.residents import Residents
    from thresher.app.engine.row import Row
    from thresher.app.engine.weights import LoadedModel

#: More rows than this gain little: the pass is then bound by arithmetic.
_MOST_ROWS = 32
#: The default room for resident adapters: twelve of rank 8 on a base of 8 billion parameters take half of it.
ADAPTER_BYTES = 1 << 30
#: How long to wait for the system to end the thread.
_END_SECONDS = 2.0


class Engine:
    """Answers requests in batches, each request under the base model or one of the resident adapters.

    `batch_tokens` bounds rows × longest row, and with it the memory of the attention cache. `adapter_bytes`
    bounds the memory of the adapters: above it, registering one evicts those used longest ago, but none that
    a request in work or queued uses. Where all are in use, a registration goes above the bound rather than
    fail. Use as a context manager, or call `close`.
    """

    def __init__(
        self,
        folder: Path,
        tokenizer: "PromptTokenizer",
        batch_tokens: int,
        adapter_bytes: int = ADAPTER_BYTES,
    ) -> None:
        """Loads the model; returns when it is ready. Raises ModelError."""
        self.tokenizer = tokenizer
        self.context = 0  # of the model, in tokens
        self._folder = folder
        self._batch_tokens = batch_tokens
        self._adapter_bytes = adapter_bytes
        self._most_rows = _MOST_ROWS
        self._inbox: queue.Queue[Request | Order | AdapterOrder] = queue.Queue()
        self._replies: queue.Queue[Reply | Order] = queue.Queue()
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

    @property
    def is_alive(self) -> bool:
        """Whether it still answers: not once it is closed, nor where a defect ended its thread."""
        return self._thread.is_alive()

    def reply(self, timeout: float | None = None) -> Reply | None:
        """The next reply in the order of completion, None where none came within `timeout` seconds.

        Raises ModelError where none can come any more.
        """
        try:
            reply = self._replies.get(timeout=timeout) if timeout != 0 else self._replies.get_nowait()
        except queue.Empty:
            if not self.is_alive:
                raise ModelError("the engine has stopped. Give the same command again.") from None
            return None
        assert not isinstance(reply, Order)
        return reply

    def register(self, key: str, layers: "Mapping[str, LoraLayer]", scale: float) -> None:
        """Makes an adapter resident under `key`, in the place of one that has the key already.

        `layers` by the module's path in the base, e.g. `model.layers.0.self_attn.q_proj`; `scale` is alpha
        divided by the rank. Requests that were submitted before are answered with what they named then.
        Returns when it is done, within one pass of the model and the copying. Raises AdapterError that lists
        all that does not fit the base; ModelError where the engine is closed.
        """
        self._ask(lambda residents, in_use: residents.register(key, layers, scale, in_use))

    def remove(self, key: str) -> None:
        """Drops the adapter of that key, if there is one. Requests that were submitted before still use it.

        Raises ModelError where the engine is closed.
        """
        self._ask(lambda residents, in_use: residents.remove(key, in_use))

    def resident(self) -> dict[str, int]:
        """The bytes of each resident adapter by its key, the one used longest ago first.

        Raises ModelError where the engine is closed.
        """
        sizes: dict[str, int] = self._ask(lambda residents, _: residents.sizes())
        return sizes

    def cancel(self) -> None:
        """Drops all that is queued or in work. Returns within one pass of the model; no reply comes after."""
        self._interrupt.set()
        self._inbox.put(Order.CANCEL)
        while self.is_alive:  # a thread that ends leaves its inbox
            with suppress(queue.Empty):
                if self._replies.get(timeout=0.1) is Order.CANCEL:
                    return

    def close(self) -> None:
        """Ends the thread and frees the model. May be called again."""
        self._interrupt.set()
        self._inbox.put(Order.CLOSE)
        self._thread.join()
        _wait_for_end(self._thread)
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, act: "Act") -> Any:
        order = AdapterOrder(act)
        self._inbox.put(order)
        while self.is_alive and not order.done.done():
            wait([order.done], timeout=0.1)  # a thread that ends leaves its inbox
        if not order.done.done():
            raise ModelError("the engine is closed. Start it again.")
        return order.done.result()

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
                    self._replies.put(Failed(row.request, str(error)))
                batch.clear()

    def _carry_out(self, order: Order | AdapterOrder | None, batch: "Batch", residents: "Residents") -> None:
        """An order, or without one the next pass."""
        if order is Order.CANCEL:
            self._waiting.clear()
            batch.clear()
            self._interrupt.clear()
            self._replies.put(Order.CANCEL)
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
        self.context, self._interrupt = model.context, model.interrupt
        if not model.rows_agree():
            self._most_rows = 1
        return model, LLTokenizer(self.tokenizer.backend_json, eos_token=list(self.tokenizer.end_ids))

    def _receive(
        self, tokenizer: "LLTokenizer", residents: "Residents", block: bool
    ) -> Order | AdapterOrder | None:
        """Moves new requests to the waiting list, up to an order, which it returns."""
        from thresher.app.engine.row import Row

        while True:
            try:
                request = self._inbox.get(block=block)
            except queue.Empty:
                return None
            if not isinstance(request, Request):
                return request
            block = False
            if len(request.tokens) + request.answer_tokens > self.context:
                message = f"{len(request.tokens)} tokens do not fit the model's context of {self.context}"
                self._replies.put(Failed(request, message))
                continue
            try:
                adapter = residents.use(request.adapter) if request.adapter is not None else None
                self._waiting.append(Row(request, tokenizer, adapter))
            except ThresherError as error:
                self._replies.put(Failed(request, str(error)))
            except Exception as error:
                # A defect costs one request. Its message may quote the document.
                self._replies.put(Failed(request, f"a defect of Thresher, {type(error).__name__}"))

    def _advance(self, batch: "Batch") -> None:
        """Takes in waiting rows where half the places are free, else one step of those in work."""
        from thresher.app.engine.waiting import next_group
        from thresher.app.engine.weights import Interrupted

        free = len(batch.rows) <= self._most_rows // 2
        group = []
        if free and self._waiting:
            group = next_group(self._waiting, batch.rows, self._most_rows, self._batch_tokens)
            self._waiting = [row for row in self._waiting if row not in group]
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


def _wait_for_end(thread: threading.Thread) -> None:
    """Python joins a thread before the system has ended it. Until then it may hold MLX's streams, and a
    process that ends meanwhile is aborted. Linux tells; elsewhere there is nothing to wait for.
    """
    task = Path(f"/proc/self/task/{thread.native_id}")
    until = time.monotonic() + _END_SECONDS
    while task.exists() and time.monotonic() < until:
        time.sleep(0.001)
