from typing import Any

import mlx.core as mx
import numpy as np
import pytest
import torch

from thresher.train_cuda.affine import BITS, PackedLinear, Packing, dequantise, packing_of

_TYPES: dict[Any, torch.dtype] = {
    mx.float32: torch.float32,
    mx.float16: torch.float16,
    mx.bfloat16: torch.bfloat16,
}


def in_torch(array: mx.array) -> torch.Tensor:
    """The same bits."""
    if array.dtype == mx.uint32:
        return torch.from_numpy(np.array(array).view(np.int32))
    return torch.from_numpy(np.array(array.astype(mx.float32))).to(_TYPES[array.dtype])


def packed(
    bits: int, group: int, dtype: Any = mx.float16
) -> tuple[tuple[mx.array, mx.array, mx.array], Packing]:
    mx.random.seed(bits * group)
    weight = mx.random.normal((24, 256)).astype(dtype)
    quantised, scales, biases = mx.quantize(weight, group, bits)
    return (quantised, scales, biases), Packing(bits, group)


@pytest.mark.parametrize("dtype", list(_TYPES), ids=lambda dtype: str(dtype).rpartition(".")[2])
@pytest.mark.parametrize("group", [32, 64, 128])
@pytest.mark.parametrize("bits", BITS)
def test_the_numbers_are_those_of_mlx_bit_for_bit(bits: int, group: int, dtype: Any) -> None:
    parts, packing = packed(bits, group, dtype)
    expected = in_torch(mx.dequantize(*parts, group, bits))
    weight, scales, biases = map(in_torch, parts)
    assert torch.equal(dequantise(weight, scales, biases, packing), expected)


@pytest.mark.parametrize("bits", BITS)
def test_a_packed_layer_is_the_expanded_one_forward_and_back(bits: int) -> None:
    parts, packing = packed(bits, 32)
    weight, scales, biases = map(in_torch, parts)
    bias = torch.randn(24)
    layer = PackedLinear((24, 256), (weight, scales, biases), bias, packing, torch.float32)
    x = torch.randn(3, 5, 256, requires_grad=True)
    dense = dequantise(weight, scales, biases, packing).float()
    layer(x).square().sum().backward()
    got, x.grad = x.grad, None
    expected = torch.nn.functional.linear(x, dense, bias)
    expected.square().sum().backward()  # type: ignore[no-untyped-call]
    assert torch.equal(layer(x), expected)
    assert got is not None
    assert x.grad is not None
    assert torch.equal(got, x.grad)
    assert sum(p.nbytes for p in layer.parameters()) - bias.nbytes == 24 * 256 * bits // 8 + 24 * 8 * 4


def test_a_layer_may_be_quantised_in_its_own_way() -> None:
    quantisation = {"bits": 4, "group_size": 64, "a.b": {"bits": 8, "group_size": 32}, "a.c": {"bits": 6}}
    assert packing_of("a.a", quantisation) == Packing(4, 64)
    assert packing_of("a.b", quantisation) == Packing(8, 32)
    assert packing_of("a.c", quantisation) == Packing(6, 64)


@pytest.mark.parametrize(
    "quantisation", [{"bits": 4, "group_size": 32, "mode": "mxfp4"}, {"bits": 7, "group_size": 32}, {}]
)
def test_what_is_not_affine_is_refused(quantisation: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="quantised in mode"):
        packing_of("a.b", quantisation)
