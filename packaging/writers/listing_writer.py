"""Writes a made-up property listing around its facts, with the words of `listing_words.yaml`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import capital

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("listing_words.yaml").read_text("utf-8"))

#: How often a listing does not call the property by its kind: what it tells of it must do.
_PLAIN = {"single_family": 0.6, "condos": 0.5, "townhomes": 0.25, "multi_family": 0.25, "mobile": 0.0}
#: How often a style of layout is met.
_LINES, _CAPITALS, _SHORT, _SPLIT_NUMBERS, _SLIPS = 0.2, 0.1, 0.15, 0.3, 0.15


@dataclass(frozen=True)
class Facts:
    """What a listing states; None for what it does not. `half` is None where there is no half bath."""

    kind: str
    beds: int | None
    full: int | None
    half: int | None
    garage: int | None
    sqft: int | None
    stories: int | None
    year: int | None

    def gold(self) -> dict[str, Any]:
        """The record, by the fields of real_estate/listing."""
        gold: dict[str, Any] = {
            "bedrooms": self.beds,
            "baths_full": self.full,
            "baths_half": self.half,
            "garage_spaces": self.garage,
            "sqft": self.sqft,
            "stories": self.stories,
            "year_built": self.year,
            "property_type": self.kind,
        }
        return gold


class Writer:
    """Writes one listing: first sentence, facts and fillers in any order, an ending, and its layout."""

    def __init__(self, facts: Facts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw
        self._split = draw.chance(_SPLIT_NUMBERS)
        self._floor = f"{4 + draw.below(17)}th"
        self._plain = draw.chance(_PLAIN[facts.kind])
        self._used: set[str] = set()

    def listing(self) -> str:
        """The text."""
        draw, facts = self._draw, self._facts
        wanted = [name for name in ("beds", "garage", "sqft", "stories", "year") if getattr(facts, name)]
        wanted += ["baths"] if facts.full else []
        openings = {key: key.replace("none", "").split() for key in WORDS["openings"]}
        opening = draw.pick([key for key, names in openings.items() if set(names) <= set(wanted)])
        rest = [WORDS["stated"][name] for name in wanted if name not in openings[opening]]
        rest += [WORDS["fillers"]] * (1 + draw.below(16))
        # One that is not called by its kind gives it away elsewhere.
        rest += [WORDS["telling"][facts.kind]] * ((2 if self._plain else 0) + draw.below(4))
        if facts.beds and facts.beds > 2:
            rest += [WORDS["partly"]] * draw.chance(0.5)
        if facts.full:
            rest += [WORDS["one_bath"]] * draw.below(3)
        if facts.half:
            rest += [WORDS["one_half_bath"]] * draw.chance(0.3)
        if facts.kind == "multi_family":
            rest += [WORDS["units"]] * draw.below(3)
        sentences = [self._sentence(WORDS["openings"][opening])]
        sentences += [self._sentence(templates) for templates in draw.shuffled(rest)]
        if draw.chance(0.7):
            sentences.append(draw.pick(WORDS["endings"]))
        return self._laid_out(sentences)

    def _sentence(self, templates: list[str]) -> str:
        template = self._fresh([one for one in templates if not self._is_plural_of_one(one)])
        while found := re.search(r"\{(\w+)\}", template):
            text = self._slot(found[1].lower())
            text = capital(text) if found[1][0].isupper() else text
            template = template[: found.start()] + text + template[found.end() :]
        template = re.sub(r"\b([aA])n? (?=[aeiouAEIOU8](?!ne\b|n[ei]-))", r"\1n ", template)
        return capital(template)

    def _is_plural_of_one(self, template: str) -> bool:
        return any(
            getattr(self._facts, name.lower(), None) == 1
            for name in re.findall(r"\{(\w+)\} (?:\w+ )?\w+s\b", template)
        )

    def _fresh(self, items: list[str]) -> str:
        """One of the items, none twice in a listing while there are others."""
        chosen = self._draw.pick([one for one in items if one not in self._used] or items)
        self._used.add(chosen)
        return chosen

    def _slot(self, name: str) -> str:
        facts, draw = self._facts, self._draw
        match name:
            case "noun":
                return self._fresh(WORDS["plain" if self._plain else "nouns"][facts.kind])
            case "outside":
                return self._fresh(WORDS["outside"][facts.kind])
            case "baths_digits":
                return self._joined() if facts.half else str(facts.full)
            case "baths":
                return self._baths()
            case "sqft":
                return self._grouped(facts.sqft or 0)
            case "year" | "garage_digits" | "beds_digits" | "stories_digits":
                return str(getattr(facts, name.removesuffix("_digits")))
            case "garage_spaces":
                space = f"{draw.pick(('garage', 'parking', 'deeded parking'))} space"
                return f"{self._count(facts.garage)} {space}{'' if facts.garage == 1 else 's'}"
            case "some":
                return self._count(2 + draw.below(max((facts.beds or 4) - 2, 1)))
            case "minutes":
                return str(2 + draw.below(28))
            case "floor":
                return self._floor
            case "house_number":
                return str(100 + draw.below(8900))
            case "recent":
                return str(2012 + draw.below(13))
            case "fee" | "tax":
                return self._grouped(400 + draw.below(2000))
            case _ if name in WORDS:
                return self._fresh(WORDS[name])
            case _:
                return self._count(getattr(facts, name))

    def _baths(self) -> str:
        full, half, draw = self._facts.full or 0, self._facts.half, self._draw
        noun = draw.pick(("bath", "bathroom"))
        several = "" if full == 1 and half is None else "s"
        if half is None:
            return f"{self._count(full)} {draw.pick(('', 'full '))}{noun}{several}"
        forms = [
            f"{self._count(full)} full and {self._count(half)} half {noun}s",
            f"{self._count(full)} full {noun}{'s' if full > 1 else ''} plus {self._powder(half)}",
        ]
        # As brokers write it most: full ones before the point, and behind it the half ones, or 5 for one.
        forms += [f"{self._joined()} {noun}s"] * 4
        forms += [f"{full} 1/2 {noun}s"] if half == 1 else []
        return draw.pick(forms)

    def _joined(self) -> str:
        full, half = self._facts.full, self._facts.half
        return f"{full}.{5 if half == 1 and self._draw.chance(0.65) else half}"

    def _powder(self, half: int) -> str:
        return (
            self._draw.pick(("a powder room", "a half bath"))
            if half == 1
            else f"{self._count(half)} half baths"
        )

    def _count(self, number: int | None) -> str:
        number, names = number or 0, WORDS["numbers"]
        return str(names[number]) if number < len(names) and self._draw.chance(0.4) else str(number)

    def _grouped(self, number: int) -> str:
        plain = f"{number:,}" if self._draw.chance(0.7) else str(number)
        # As some exports have it.
        return plain.replace(",", ", ") if self._split else plain

    def _laid_out(self, sentences: list[str]) -> str:
        draw = self._draw
        ended = [text if text[-1] in ".!?" or draw.chance(0.4) else f"{text}." for text in sentences]
        if draw.chance(_LINES):
            mark = draw.pick(("", "- ", "* ", "• "))
            text = f"{ended[0]}\n" + "\n".join(f"{mark}{each}" for each in ended[1:])
        else:
            ended = [text if text[-1] in ".!?" else f"{text}." for text in ended]
            text = " ".join(ended)
        if draw.chance(_SHORT):
            for long, short in WORDS["short"].items():
                if draw.chance(0.6):
                    text = text.replace(long, short)
        if draw.chance(_SLIPS):  # spaces lost and doubled
            text = re.sub(r"(?<=[.!]) (?=[A-Z])", lambda _: draw.pick(("", "  ", " ")), text)
        return text.upper() if draw.chance(_CAPITALS) else text
