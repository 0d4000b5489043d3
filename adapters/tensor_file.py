"""Safetensors files read by their headers: what tensors there are, whether each file is whole, and the
fingerprint of all of them. No byte of a tensor is read before its name, shape, type and place are checked.
Needs neither MLX nor torch.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.errors import ModelError, ThresherError

_CHUNK = 1 << 22
_LONGEST_HEADER = 100_000_000  # the format's own limit, in bytes
#: Bytes of one number.
_WIDTHS = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64"), 8),
}


@dataclass(frozen=True)
class Tensor:
    """A tensor's place: bytes [start, end) of its file. `dtype` is the format's word, e.g. U32 or F16."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    file: Path
    start: int
    end: int


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that mlx-lm loads, in order of their names."""
    return sorted(folder.glob("model*.safetensors"))


def read_tensors(file: Path, error: type[ThresherError] = ModelError) -> list[Tensor]:
    """The tensors of one file, by their places.

    Raises `error` where it is not safetensors, is cut short, or its header does not match its content.
    """

    def broken(reason: str) -> ThresherError:
        return error(f"{file.name}: not a whole safetensors file ({reason}). Fetch it again.")

    if file.exists() and not file.is_file():  # a pipe could be waited for without end
        raise broken("it is no regular file")
    with file.open("rb") as stream:
        size = file.stat().st_size
        head = stream.read(8)
        if len(head) < 8 or (length := struct.unpack("<Q", head)[0]) > min(_LONGEST_HEADER, size - 8):
            raise broken("its header is missing or cut")
        try:
            header = json.loads(stream.read(length))
            header.pop("__metadata__", None)
            tensors = sorted(
                (_tensor(name, entry, file, 8 + length) for name, entry in header.items()),
                key=lambda tensor: (tensor.start, tensor.end),
            )
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as why:
            raise broken("its header is malformed") from why
    end = 8 + length
    for tensor in tensors:
        if tensor.dtype not in _WIDTHS:
            raise broken(f"{tensor.name} has the unknown type {tensor.dtype}")
        if tensor.start != end or tensor.end - tensor.start != prod(tensor.shape) * _WIDTHS[tensor.dtype]:
            raise broken(f"its header lies about the place or the size of {tensor.name}")
        end = tensor.end
    if size != end:
        raise broken(f"{size:,} of {end:,} bytes")
    return tensors


def read_metadata(file: Path) -> dict[str, str]:
    """The texts that a file says of itself; call `read_tensors` first, which checks the header."""
    with file.open("rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        return dict(json.loads(stream.read(length)).get("__metadata__") or {})


def all_tensors(folder: Path) -> list[Tensor]:
    """The tensors of all weight files of a model, by name. Raises ModelError as `read_tensors` does."""
    tensors = [tensor for file in weight_files(folder) for tensor in read_tensors(file)]
    return sorted(tensors, key=lambda tensor: tensor.name)


def read_floats(tensor: Tensor) -> NDArray[np.float32]:
    """The numbers of an F32, F16 or BF16 tensor, exactly, as float32 in its shape. Raises ValueError."""
    data = b"".join(_chunks(tensor))
    match tensor.dtype:
        case "F32":
            numbers = np.frombuffer(data, "<f4")
        case "F16":
            numbers = np.frombuffer(data, "<f2").astype(np.float32)
        case "BF16":  # the upper half of a float32
            numbers = (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
        case _:
            raise ValueError(f"{tensor.name} has type {tensor.dtype}, not F32, F16 or BF16")
    return numbers.astype(np.float32, copy=False).reshape(tensor.shape)


def tensor_bytes(tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """The content of a safetensors file of these arrays."""
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    return save(contiguous, metadata=dict(metadata))


def parameter_count(tensors: Sequence[Tensor], group_size: int | None) -> int:
    """The number of weights before quantisation: a quantised module has `group_size` of them a scale."""
    scaled = {t.name.removesuffix(".scales"): t for t in tensors if t.name.endswith(".scales")}
    count = 0
    for tensor in tensors:
        module, _, leaf = tensor.name.rpartition(".")
        if leaf in ("scales", "biases") and module in scaled:
            continue
        if leaf == "weight" and module in scaled:
            count += prod(scaled[module].shape) * (group_size or 1)
        else:
            count += prod(tensor.shape)
    return count


def fingerprint(tensors: Sequence[Tensor]) -> str:
    """The sha256, in hex, over the sorted (name, shape, dtype, bytes) of the weights.

    The same for the same weights however they are split into files. Reads every byte once.
    """
    digest = sha256()
    for tensor in sorted(tensors, key=lambda tensor: tensor.name):
        digest.update(json.dumps([tensor.name, list(tensor.shape), tensor.dtype]).encode())
        for chunk in _chunks(tensor):
            digest.update(chunk)
    return digest.hexdigest()


def _tensor(name: str, entry: Mapping[str, Any], file: Path, base: int) -> Tensor:
    start, end = (int(offset) for offset in entry["data_offsets"])
    shape = tuple(int(n) for n in entry["shape"])
    if min(shape, default=0) < 0:
        raise ValueError(f"{name} has a negative shape")
    return Tensor(name, shape, str(entry["dtype"]), file, base + start, base + end)


def _chunks(tensor: Tensor) -> Iterator[bytes]:
    with tensor.file.open("rb") as stream:
        stream.seek(tensor.start)
        left = tensor.end - tensor.start
        while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)
            yield chunk
