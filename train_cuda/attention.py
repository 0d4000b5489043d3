"""Attention without a mask, of rows behind a head that they share and of short rows on a CPU.

Where there are fewer queries than keys transformers hands torch a mask, and with a mask torch computes every
pair, also those that do not count: half of them. With queries of zeros in front they are as many as the keys,
and the kernel for causal attention computes the half that counts. What the zeros give is dropped.

On a CPU torch's kernel makes thousands of small products for each batch and takes memory for each, which
takes longer the longer a process trains. Rows of some hundred tokens attend faster with a few products each:
with torch's kernel a step on adverse events takes 1.28 times as long (`tests/benchmarks/bench_products.py`).
"""

from typing import Any

import torch
from torch import Tensor

#: transformers' name for it.
_NAME = "thresher_causal"
#: The most queries of a row that attends by itself; torch's kernel is faster for many more.
_SHORT = 512


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
    if not _by_rows(mask, queries) and not 0 < keys - queries < queries:
        return mask
    causal = torch.ones(queries, keys, dtype=torch.bool, device=mask.device).tril(keys - queries)
    return None if bool((mask == causal).all()) else mask


def _by_rows(tensor: Tensor, queries: int) -> bool:
    """Whether so many queries of a row attend by themselves, where the tensor is."""
    return tensor.device.type == "cpu" and 1 < queries <= _SHORT


def _attend(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **named: Any
) -> tuple[Tensor, None]:
    """Of queries (rows, heads, queries, width), to (rows, queries, heads, width).

    With fewer queries than keys and no mask the queries are the last.
    """
    from transformers import AttentionInterface

    said, scale = named.get("is_causal"), named.get("scaling")
    causal = attention_mask is None and (getattr(module, "is_causal", True) if said is None else said)
    more = named.get("dropout") or named.get("position_bias") is not None
    if causal and not more and _by_rows(query, query.shape[2]):
        scaled = query * (query.shape[-1] ** -0.5 if scale is None else scale)
        attended: Tensor = _Rows.apply(scaled, key, value)  # type: ignore[no-untyped-call]
        return attended.transpose(1, 2), None
    missing = key.shape[2] - query.shape[2] if attention_mask is None and query.shape[2] > 1 else 0
    if missing:
        query = torch.nn.functional.pad(query, (0, 0, missing, 0))
    attended, _ = AttentionInterface()["sdpa"](module, query, key, value, attention_mask, **named)
    return attended[:, missing:], None


class _Rows(torch.autograd.Function):
    """Causal attention row by row, of queries that are scaled; weights are computed anew on the way back.

    The queries of heads that share keys go together, in plain products of two matrices.
    """

    @staticmethod
    def forward(context: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        context.save_for_backward(query, key, value)
        attended = query.new_empty(*query.shape[:3], value.shape[3])
        later = _later(query)
        for own, shared in _heads(query, key):
            part = attended[own]
            part.copy_((_weights(query[own], key[shared], later) @ value[shared]).view(part.shape))
        return attended

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, ...]:
        query, key, value = context.saved_tensors
        to_query, to_key, to_value = (torch.empty_like(one) for one in (query, key, value))
        later = _later(query)
        for own, shared in _heads(query, key):
            weights = _weights(query[own], key[shared], later)
            back = gradient[own].flatten(0, 1)
            to_value[shared] = weights.T @ back
            to_weights = back @ value[shared].T
            to_scores = torch._softmax_backward_data(to_weights, weights, -1, weights.dtype)
            to_query[own] = (to_scores @ key[shared]).view(query[own].shape)
            to_key[shared] = to_scores.T @ query[own].flatten(0, 1)
        return to_query, to_key, to_value


def _heads(query: Tensor, key: Tensor) -> list[tuple[tuple[int, slice], tuple[int, int]]]:
    """Of each row, the heads of queries that share keys, and the head of their keys."""
    each = query.shape[1] // key.shape[1]
    return [
        ((row, slice(head * each, (head + 1) * each)), (row, head))
        for row in range(len(key))
        for head in range(key.shape[1])
    ]


def _later(query: Tensor) -> Tensor:
    """What is added to the scores of queries with their own keys: none looks at those that come later."""
    queries = query.shape[2]
    return torch.full((queries, queries), -torch.inf, dtype=query.dtype).triu(1)


def _weights(query: Tensor, key: Tensor, later: Tensor) -> Tensor:
    """(heads x queries, keys) of (heads, queries, width), the last of which looks at all (keys, width)."""
    scores = query.flatten(0, 1) @ key.T
    scores.view(*query.shape[:2], len(key))[..., -len(later) :] += later
    return scores.softmax(-1)
