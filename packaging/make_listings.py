"""Make labels of property listings: prose in several styles, with gold that is right by construction.

    python packaging/make_listings.py OUT.jsonl --count 2000 --seed 1

The words are invented (`writers/listing_words.yaml`), so that weights trained on them may be shipped. A fact
that the text does not state is null in the gold. The same seed makes the same file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from made_labels import command, write_labels
from writers.listing_writer import Facts, Writer

from thresher.adapters.training.draw import Draw

#: How often each fact is stated, where the kind of property has it.
_STATED = {"beds": 0.9, "baths": 0.9, "garage": 0.45, "sqft": 0.3, "stories": 0.2, "year": 0.15}
_KINDS = ("single_family",) * 10 + ("condos",) * 10 + ("townhomes",) * 3 + ("multi_family",) * 2 + ("mobile",)


def make_listings(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """So many labels, each `{"id", "input", "output"}`."""
    for number in range(count):
        draw = Draw(seed, "listing", number)
        facts = draw_facts(draw)
        text = Writer(facts, draw).listing()
        yield {"id": f"made-{seed}-{number:05}", "input": text, "output": facts.gold()}


def draw_facts(draw: Draw) -> Facts:
    """What the listing is to state."""
    kind = draw.pick(_KINDS)
    stated = {name: draw.chance(share) for name, share in _STATED.items()}
    flat = kind == "multi_family"  # its rooms are those of several homes
    beds = 1 + draw.below(3 if kind in ("condos", "mobile") else 6)
    full = 1 + draw.below(min(beds, 4))
    if beds > 3 and draw.chance(0.3):  # a large house, with a bath to nearly every bedroom
        full = beds - 1 + draw.below(3)
    half = draw.pick((None, None, 1, 1, 2)) if kind != "mobile" else None
    area = draw.pick((50 * (10 + draw.below(76)), 500 + 10 * draw.below(380), 500 + draw.below(3800)))
    return Facts(
        kind=kind,
        beds=beds if stated["beds"] and not flat else None,
        full=full if stated["baths"] and not flat else None,
        half=half if stated["baths"] and not flat else None,
        garage=draw.pick((1, 1, 2, 2, 2, 3, 4)) if stated["garage"] else None,
        sqft=area if stated["sqft"] else None,
        stories=draw.pick((1, 2, 2, 3)) if stated["stories"] and kind != "condos" else None,
        year=1880 + draw.below(145) if stated["year"] else None,
    )


def write(path: Path, count: int, seed: int) -> None:
    """Writes so many labels, whole or not at all."""
    write_labels(path, make_listings(count, seed))


if __name__ == "__main__":
    command(__doc__, 2000, write)
