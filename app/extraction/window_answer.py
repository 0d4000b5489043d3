"""What the model said of one window of a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thresher.adapters.windows import Window
from thresher.app.extraction.signals import Sureness


@dataclass(frozen=True)
class WindowAnswer:
    """What the model said of one window.

    `values` by field; `sureness` by field, of a list one an item, else one. `cut` names the field in which
    the answer was cut: it (unless a list, which keeps its finished items) and those after it are missing
    from `values`. `failed`: there is no answer.
    """

    window: Window
    values: Mapping[str, Any]
    sureness: Mapping[str, Sequence[Sureness]]
    cut: str | None = None
    failed: bool = False
