"""The attention heads of a base, from its config.json."""

import json
from typing import NamedTuple

from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError
from thresher.adapters.regular_file import read_regular_text


class Heads(NamedTuple):
    """How many heads ask, how many keys and values there are for them, and how wide a head is."""

    query: int
    key_value: int
    width: int


def attention_heads(base: BaseModel) -> Heads:
    """Raises AdapterError where the configuration does not say them."""
    path = base.folder / "config.json"
    try:
        config = json.loads(read_regular_text(path))
        config = config.get("text_config", config)
        query = int(config["num_attention_heads"])
        key_value = int(config.get("num_key_value_heads") or query)
        width = int(config.get("head_dim") or config["hidden_size"] // query)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        raise AdapterError(
            f"{path}: does not say how many attention heads the base has ({error!r}). "
            "Use an adapter whose layers are named as the base's."
        ) from error
    return Heads(query, key_value, width)
