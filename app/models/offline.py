"""No network but in a pull: the switches of the libraries that would otherwise look things up.

Knows nothing of models. Importing it changes nothing; `go_offline` does.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from thresher.adapters.errors import ModelError

_SWITCHES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")
#: transformers tells every start that it found no torch, which it is not meant to.
_VERBOSITY = "TRANSFORMERS_VERBOSITY"
_set_here: set[str] = set()


def go_offline() -> None:
    """Forbid the model libraries the network, in this process and its children. Cheap; call it freely."""
    os.environ.setdefault(_VERBOSITY, "error")
    for switch in _SWITCHES:
        if os.environ.get(switch) != "1":
            os.environ[switch] = "1"
            _set_here.add(switch)
    _tell_hub(True)


@contextmanager
def online() -> Iterator[None]:
    """Allow the network for a pull, and forbid it again after.

    Raises ModelError where the user's own environment forbids it.
    """
    forbidden = [
        s
        for s in _SWITCHES[:2]
        if s not in _set_here and os.environ.get(s, "").upper() in ("1", "ON", "YES", "TRUE")
    ]
    if forbidden:
        raise ModelError(f"{forbidden[0]} is set, which forbids the network. Unset it to pull a model.")
    for switch in _SWITCHES[:2]:
        os.environ.pop(switch, None)
    _tell_hub(False)
    try:
        yield
    finally:
        go_offline()


def _tell_hub(offline: bool) -> None:
    """huggingface-hub reads the environment once, when it is imported."""
    if constants := sys.modules.get("huggingface_hub.constants"):
        constants.HF_HUB_OFFLINE = offline  # type: ignore[attr-defined]
