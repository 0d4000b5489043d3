"""What of a field's values an answer may have alone, since the document itself says so.

Of a field that the model has not learnt, the document's own words tell more than the model does.
docs/quality.md has what it is worth.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from thresher.adapters.answer import KEY_SEPARATOR, render_value


@dataclass(frozen=True)
class Preferred:
    """The ways in which an answer may go on behind one field's key.

    `key` is what the answer has before the value, each of `ways` what it begins with from there. `sureness`
    is the natural logarithm of how likely each of them is right; None where the model's own counts.
    """

    key: bytes
    ways: tuple[bytes, ...]
    sureness: float | None

    def begun(self, said: bytes) -> bytes | None:
        """What there is of a way, where an answer that says this much is at it; else None."""
        _, key, begun = said.rpartition(self.key)
        at_it = key and any(way.startswith(begun) and way != begun for way in self.ways)
        return begun if at_it else None

    def goes_on(self, begun: bytes) -> bool:
        """Whether what has begun so can become one of the ways, or goes on from one already."""
        return any(way.startswith(begun) or begun.startswith(way) for way in self.ways)


def preferred(name: str, ways: Iterable[str], sureness: float | None) -> Preferred:
    """Those of the field of this name, each way as an answer writes it."""
    # Some tokenizers join the space before a value to the value.
    colon = KEY_SEPARATOR.rstrip()
    space = KEY_SEPARATOR[len(colon) :]
    return Preferred(
        (render_value(name) + colon).encode(), tuple((space + way).encode() for way in ways), sureness
    )
