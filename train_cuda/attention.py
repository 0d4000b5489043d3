"""Attention of rows behind a head that they share, without a mask.

Where there are fewer queries than keys transformers hands torch a mask, and with a mask torch computes every
pair, also those that do not count: half of them. With queries of zeros in front they are as many as the keys,
and the kernel for causal attention computes the half that counts. What the zeros give is dropped.
"""

from typing import Any

import torch
from torch import Tensor

#: transformers' name for it.
_NAME = "thresher_causal"


def attend_without_masks(model: Any) -> None:
    """From now on transformers' model attends so, where it would have used torch's own attention."""
    from transformers import AttentionInterface, AttentionMaskInterface

    if model.config._attn_implementation == "sdpa":
        AttentionInterface.register(_NAME, _attend)
        AttentionMaskInterface.register(_NAME, _mask)
        model.set_attn_implementation(_NAME)


def _mask(*asked: Any, **named: Any) -> Tensor | None:
    """torch's mask; None in place of a causal one where leaving it out saves pairs."""
    from transformers import AttentionMaskInterface

    mask: Tensor | None = AttentionMaskInterface()["sdpa"](*asked, **named)
    if mask is None or mask.dtype != torch.bool:
        return mask
    queries, keys = mask.shape[-2:]
    # The zeros' own pairs are computed, too: those of a head longer than its rows are more than it saves.
    if not 0 < keys - queries < queries:
        return mask
    causal = torch.ones(queries, keys, dtype=torch.bool, device=mask.device).tril(keys - queries)
    return None if bool((mask == causal).all()) else mask


def _attend(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **named: Any
) -> tuple[Tensor, None]:
    """Of queries (rows, heads, queries, width), to (rows, queries, heads, width).

    With fewer queries than keys and no mask the queries are the last.
    """
    from transformers import AttentionInterface

    missing = key.shape[2] - query.shape[2] if attention_mask is None and query.shape[2] > 1 else 0
    if missing:
        query = torch.nn.functional.pad(query, (0, 0, missing, 0))
    attended, _ = AttentionInterface()["sdpa"](module, query, key, value, attention_mask, **named)
    return attended[:, missing:], None
