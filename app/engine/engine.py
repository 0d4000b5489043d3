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

from thresher.adapters.errors import ModelError
from thresher.app.engine.loop import Loop
from thresher.app.engine.orders import AdapterOrder, Order
from thresher.app.engine.request import Reply, Request

if TYPE_CHECKING:
    from thresher.adapters.adapter import LoraLayer
    from thresher.adapters.tokens import PromptTokenizer
    from thresher.app.engine.orders import Act

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
        self._loop = Loop(folder, tokenizer, batch_tokens, adapter_bytes)
        self._thread = threading.Thread(target=self._loop.run, name="thresher-engine", daemon=True)
        self._thread.start()
        # MLX aborts a process whose threads still hold its streams at the end.
        atexit.register(self.close)
        self._loop.loaded.wait()
        if self._loop.error:
            self.close()
            raise self._loop.error

    def submit(self, request: Request) -> None:
        """Queues a request. Its reply comes from `reply`."""
        self._loop.inbox.put(request)

    @property
    def context(self) -> int:
        """The model's, in tokens."""
        return self._loop.context

    @property
    def is_alive(self) -> bool:
        """Whether it still answers: not once it is closed, nor where a defect ended its thread."""
        return self._thread.is_alive()

    def reply(self, timeout: float | None = None) -> Reply | None:
        """The next reply in the order of completion, None where none came within `timeout` seconds.

        Raises ModelError where none can come any more.
        """
        try:
            reply = (
                self._loop.replies.get(timeout=timeout) if timeout != 0 else self._loop.replies.get_nowait()
            )
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
        """Drops all that is queued or in work. Returns within a layer of a pass; no reply comes after."""
        self._loop.interrupt.set()
        self._loop.inbox.put(Order.CANCEL)
        while self.is_alive:  # a thread that ends leaves its inbox
            with suppress(queue.Empty):
                if self._loop.replies.get(timeout=0.1) is Order.CANCEL:
                    return

    def close(self) -> None:
        """Ends the thread and frees the model. May be called again."""
        self._loop.interrupt.set()
        self._loop.inbox.put(Order.CLOSE)
        self._thread.join()
        _wait_for_end(self._thread)
        atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, act: "Act") -> Any:
        order = AdapterOrder(act)
        self._loop.inbox.put(order)
        while self.is_alive and not order.done.done():
            wait([order.done], timeout=0.1)  # a thread that ends leaves its inbox
        if not order.done.done():
            raise ModelError("the engine is closed. Start it again.")
        return order.done.result()


def _wait_for_end(thread: threading.Thread) -> None:
    """Python joins a thread before the system has ended it. Until then it may hold MLX's streams, and a
    process that ends meanwhile is aborted. Linux tells; elsewhere there is nothing to wait for.
    """
    task = Path(f"/proc/self/task/{thread.native_id}")
    until = time.monotonic() + _END_SECONDS
    while task.exists() and time.monotonic() < until:
        time.sleep(0.001)
