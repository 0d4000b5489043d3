"""Safetensors files read by their headers alone: what tensors there are, whether each file is whole, and
the fingerprint of all weights. Loads no array and needs no MLX.
"""

import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from pathlib import Path

from thresher.adapters.errors import ModelError

_CHUNK = 1 << 22
_LONGEST_HEADER = 100_000_000  # the format's own limit, in bytes


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


def read_tensors(file: Path) -> list[Tensor]:
    """The tensors of one file. Raises ModelError where it is not safetensors or is cut short."""
    broken = f"{file.name}: not a whole safetensors file ({{}}). Fetch it again."
    with file.open("rb") as stream:
        size = file.stat().st_size
        head = stream.read(8)
        if len(head) < 8 or (length := struct.unpack("<Q", head)[0]) > min(_LONGEST_HEADER, size - 8):
            raise ModelError(broken.format("its header is missing or cut"))
        try:
            header = json.loads(stream.read(length))
            header.pop("__metadata__", None)
            base = 8 + length
            tensors = [
                Tensor(
                    name,
                    tuple(int(n) for n in entry["shape"]),
                    str(entry["dtype"]),
                    file,
                    base + int(entry["data_offsets"][0]),
                    base + int(entry["data_offsets"][1]),
                )
                for name, entry in header.items()
            ]
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise ModelError(broken.format("its header is malformed")) from error
    expected = max((tensor.end for tensor in tensors), default=base)
    if size != expected:
        raise ModelError(broken.format(f"{size:,} of {expected:,} bytes"))
    return tensors


def all_tensors(folder: Path) -> list[Tensor]:
    """The tensors of all weight files of a model, by name. Raises ModelError as `read_tensors` does."""
    tensors = [tensor for file in weight_files(folder) for tensor in read_tensors(file)]
    return sorted(tensors, key=lambda tensor: tensor.name)


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


def _chunks(tensor: Tensor) -> Iterator[bytes]:
    with tensor.file.open("rb") as stream:
        stream.seek(tensor.start)
        left = tensor.end - tensor.start
        while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
            left -= len(chunk)
            yield chunk
