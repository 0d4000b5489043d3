"""The engine of the model that was asked last: loaded once, and kept between runs."""

from pathlib import Path
from typing import TYPE_CHECKING

from thresher.adapters.base_facts import InstalledModel

if TYPE_CHECKING:
    from thresher.app.engine.engine import Engine


class WarmEngine:
    """At most one engine. `engine` is None while there is none; close it when done."""

    def __init__(self) -> None:
        self.engine: Engine | None = None
        self._model: tuple[Path, str] | None = None

    def holds(self, model: InstalledModel) -> bool:
        """Whether this model need not be loaded."""
        alive = self.engine is not None and self.engine.is_alive
        return alive and self._model == (model.folder, model.fingerprint)

    def open(self, model: InstalledModel, batch_tokens: int) -> "Engine":
        """The engine of this model; another one's is closed first. Raises ModelError."""
        from thresher.adapters.tokens import PromptTokenizer
        from thresher.app.engine.engine import Engine

        if self.engine is None or not self.holds(model):
            self.close()
            self.engine = Engine(model.folder, PromptTokenizer(model.folder), batch_tokens)
            self._model = (model.folder, model.fingerprint)
        return self.engine

    def close(self) -> None:
        """Frees the model, if there is one."""
        if self.engine is not None:
            self.engine.close()
            self.engine = self._model = None
