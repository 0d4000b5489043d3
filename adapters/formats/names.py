"""The base's linear layers as a file sees them: under other prefixes, or fused where the base has them
apart, or apart where it has them fused.

The one relation for all of that is a share: rows that a layer of the file and a layer of the base have in
common. Knows no format.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.heads import attention_heads
from thresher.adapters.formats.matrices import Linear
from thresher.adapters.formats.uniform import ScaledLayer

#: Modules that wrap a text model, in any nesting: `model.language_model.layers…` is `layers…`.
_WRAPPERS = ("model", "language_model")
#: Projections that some models have in one matrix, and the order of its rows.
_FUSED = {"qkv_proj": ("q_proj", "k_proj", "v_proj"), "gate_up_proj": ("gate_proj", "up_proj")}


class Share(NamedTuple):
    """`rows` of outputs, from `file_start` in the file's layer and from `base_start` in the base's."""

    file: str
    file_start: int
    base: str
    base_start: int
    rows: int


@dataclass(frozen=True)
class View:
    """`linear`: the base's layers by the file's names and in its pieces."""

    linear: Linear
    shares: tuple[Share, ...]

    def to_base(self, layers: Mapping[str, ScaledLayer]) -> dict[str, ScaledLayer]:
        """The file's layers as layers of the base, which compute the same."""
        rows = Counter[str]()
        held: dict[str, list[Share]] = {}
        for share in self.shares:
            rows[share.base] += share.rows
            if share.file in layers:
                held.setdefault(share.base, []).append(share)
        return {base: _joined(shares, layers, rows[base]) for base, shares in held.items()}

    def changes(self, names: Collection[str]) -> list[str]:
        """What names and pieces became, a sentence for each kind."""
        said: dict[str, None] = {}
        for share in self.shares:
            if share.file not in names:
                continue
            (file_at, file_leaf), (base_at, base_leaf) = _parted(share.file), _parted(share.base)
            if file_leaf != base_leaf:
                verb = "split into" if file_leaf in _FUSED else "joined into"
                said[f"{file_leaf} was {verb} {base_leaf}"] = None
            file_prefix, base_prefix = _prefix(f"{file_at}."), _prefix(f"{base_at}.")
            if file_prefix != base_prefix:
                said[f"{file_prefix}… became {base_prefix}…"] = None
        return list(said)


def view(base: BaseModel, names: Collection[str]) -> View:
    """How a file with layers of these names sees the base. Raises AdapterError."""
    inner = [name for name in base.linear if "language_model" in name.split(".")]
    stems = {name: stem(name) for name in inner or base.linear}  # without the parts that see and hear
    if len(set(stems.values())) < len(stems):  # two parts of one model: only its own names tell them apart
        stems = {name: name for name in stems}
    unknown = {_parted(stem(name))[1] for name in names} - {_parted(each)[1] for each in stems.values()}
    prefixes = Counter(_prefix(name) for name in names if _prefix(name) + stem(name) == name)
    usual = prefixes.most_common(1)[0][0] if prefixes else ""
    exact = {stem(name): name for name in names}
    shares = [
        share._replace(file=exact.get(share.file, usual + share.file))
        for share in _shares(base, {own: name for name, own in stems.items()}, unknown)
    ]
    linear: dict[str, tuple[int, int]] = {}
    for share in shares:
        outputs = max(share.file_start + share.rows, linear.get(share.file, (0, 0))[0])
        linear[share.file] = (outputs, base.linear[share.base][1])
    return View(linear, tuple(shares))


def original(name: str) -> str:
    """The module's path in transformers' model, which holds a nested text model the other way round."""
    nested, own = "language_model.model.", "model.language_model."
    return own + name.removeprefix(nested) if name.startswith(nested) else name


def stem(name: str) -> str:
    """The module's path within the text model: `layers.0.mlp.up_proj`."""
    head, _, rest = name.partition(".")
    return stem(rest) if head in _WRAPPERS and rest else name


def _shares(base: BaseModel, by_stem: Mapping[str, str], unknown: Set[str]) -> list[Share]:
    """With stems in place of the file's names. `unknown`: leaves that the file has and the base has not."""
    shares = []
    for own, name in by_stem.items():
        parent, leaf = _parted(own)
        outputs = base.linear[name][0]
        fused = next((f for f, parts in _FUSED.items() if leaf in parts and f in unknown), None)
        if leaf in _FUSED and not unknown.isdisjoint(_FUSED[leaf]):
            start = 0
            for part, rows in zip(_FUSED[leaf], _rows(base, leaf, outputs), strict=True):
                shares.append(Share(f"{parent}.{part}", 0, name, start, rows))
                start += rows
        elif fused and all(f"{parent}.{part}" in by_stem for part in _FUSED[fused]):
            before = _FUSED[fused][: _FUSED[fused].index(leaf)]
            start = sum(base.linear[by_stem[f"{parent}.{part}"]][0] for part in before)
            shares.append(Share(f"{parent}.{fused}", start, name, 0, outputs))
        else:
            shares.append(Share(own, 0, name, 0, outputs))
    return shares


def _rows(base: BaseModel, leaf: str, outputs: int) -> list[int]:
    """How many rows each part of a fused projection has."""
    if leaf == "gate_up_proj":
        return [outputs // 2, outputs - outputs // 2]
    heads = attention_heads(base)
    rows = [heads.query * heads.width, heads.key_value * heads.width, heads.key_value * heads.width]
    if sum(rows) != outputs:
        raise AdapterError(
            f"{leaf} of {base.identity.name} has {outputs} outputs, its heads {rows}: it cannot be "
            "taken apart. Use an adapter whose layers are named as the base's."
        )
    return rows


def _joined(shares: list[Share], layers: Mapping[str, ScaledLayer], rows: int) -> ScaledLayer:
    """One layer of the base. Parts that share their A stay side by side; others become blocks of B."""
    first = layers[shares[0].file]
    alike = all(np.array_equal(layers[share.file].a, first.a) for share in shares)
    a = first.a if alike else np.concatenate([layers[share.file].a for share in shares])
    b = np.zeros((rows, a.shape[0]), np.float32)
    column = 0
    for share in shares:
        layer = layers[share.file]
        rank = layer.a.shape[0]
        block = layer.rescaled(first.scale)[share.file_start : share.file_start + share.rows]
        b[share.base_start : share.base_start + share.rows, column : column + rank] = block
        column += 0 if alike else rank
    return ScaledLayer(a, b, first.scale)


def _parted(name: str) -> tuple[str, str]:
    parent, _, leaf = name.rpartition(".")
    return parent, leaf


def _prefix(name: str) -> str:
    return name.removesuffix(stem(name))
