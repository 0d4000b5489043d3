"""Random draws that follow from words and a seed alone, the same in all releases."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")


class Draw:
    """A stream of draws named by `words`. Philox's stream is fixed for all releases of NumPy."""

    def __init__(self, *words: object) -> None:
        digest = sha256("\0".join(map(str, words)).encode("utf-8", errors="surrogatepass")).digest()
        key = np.frombuffer(digest[:16], "<u8").astype(np.uint64)
        self._stream = np.random.Generator(np.random.Philox(key=key))

    def numbers(self, count: int) -> NDArray[np.float64]:
        """So many numbers from 0 to 1, 1 not included."""
        return self._stream.random(count)

    def number(self) -> float:
        """A number from 0 to 1, 1 not included."""
        return float(self._stream.random())

    def chance(self, share: float) -> bool:
        """True in this share of draws: never for 0, always for 1."""
        return self.number() < share

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return int(self.number() * count)

    def pick(self, items: Sequence[Item]) -> Item:
        """One of the items, of which there must be some."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """The items in any order."""
        return [items[at] for at in np.argsort(self.numbers(len(items)), kind="stable")]
