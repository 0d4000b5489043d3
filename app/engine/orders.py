"""What the engine is asked to do beside answering: its thread does it between two passes."""

from collections.abc import Callable
from concurrent.futures import Future
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thresher.app.engine.adapted_linear import Resident
    from thresher.app.engine.residents import Residents

    #: What an order about adapters does, given those that requests in work use.
    Act = Callable[["Residents", set["Resident"]], Any]


class Order(Enum):
    """What ends requests."""

    CANCEL = "drop all requests"
    CLOSE = "end the thread"


class AdapterOrder:
    """Something to be done to the resident adapters between two passes."""

    def __init__(self, act: "Act") -> None:
        self._act = act
        self.done: Future[Any] = Future()

    def carry_out(self, residents: "Residents", in_use: "set[Resident]") -> None:
        """Ends `done` with what came out, an error too."""
        try:
            self.done.set_result(self._act(residents, in_use))
        except Exception as error:
            self.done.set_exception(error)
