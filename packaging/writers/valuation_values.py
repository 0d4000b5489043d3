"""The values of a made-up valuation, as its country writes them, with words of `valuation_words.yaml`."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import coded, filled, with_marks, written_day

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("valuation_words.yaml").read_text("utf-8"))

_KINDS = ("house", "house", "house", "house", "flat", "commercial", "commercial", "multi", "land")
#: Sums that are not the value, each as parts of it, from and to in percent.
_SUMS = {
    "previous": (35, 96),
    "assessed": (45, 92),
    "asking": (102, 112),
    "insurance": (55, 140),
    "land": (12, 45),
    "forced": (70, 90),
    "lending": (60, 85),
    "loan": (50, 80),
    "low": (90, 97),
    "high": (103, 110),
}
#: Years, sizes and shares that stand beside, each from and to.
_COUNTS = {
    "count": (2, 10),
    "few": (1, 4),
    "age": (5, 30),
    "life": (30, 65),
    "months": (2, 9),
    "fee": (350, 2500),
}
_SHARES = {"vacancy": (2, 10), "growth": (1, 6), "discount": (7, 11), "ltv": (55, 80)}
#: How often the address is in capitals.
_CAPITALS = 0.06
#: Values that a report has one of.
_ALIKE = ("parcel", "reference", "licence", "zoning", "flood", "quality", "state")
#: The size of a lot in each unit, of a building and of land alone: the greatest, and its decimals.
_LOTS = {"acre": (2, 90, 2), "ac": (2, 90, 2), "ha": (1, 25, 2), "hectares": (1, 25, 2)}
_LOTS |= dict.fromkeys(("sq ft", "sf", "square feet"), (30000, 90000, 0)) | {"acres": (2, 90, 2)}
_SQUARE_METRES = (1500, 9000, 0)


class ValuationValues:
    """One valuation's figures, and a value of each kind in its country's words and numbers."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self._words = draw, words
        self._country = country = WORDS["countries"][draw.pick(WORDS["shares"])]
        self.names = WORDS["languages"][country["names"]]
        self._day_form, self._sum_form = draw.pick(country["days"]), draw.pick(country["sums"])
        self._sign, self.unit = draw.pick(country["signs"]), draw.pick(country["floors"])
        self._rate_form = " %" if self._point == "," else draw.pick(("%", "%", "%", " %", " percent"))
        self._is_grouped, self._case = draw.chance(0.75), draw.below(4)
        self._once: dict[str, str] = {}
        self.kind = draw.pick(_KINDS)
        self.day = date(2006, 1, 1) + timedelta(days=draw.below(19 * 365))
        self._built = self.day.year - 2 - draw.below(draw.pick((25, 60, 130)))
        self.town = self.of("town")
        self.address = self.of("address")
        self.address = self.address.upper() if draw.chance(_CAPITALS) else self.address
        self.lot_unit = draw.pick(country["lots"])
        self._once["kind"] = draw.pick(self.names["kinds"][self.kind])
        ways = draw.shuffled(["comparison", "comparison", "cost", "income"])
        self.used = list(dict.fromkeys(ways[: draw.pick((1, 1, 1, 2, 2, 3))]))
        self.ways = {name: self._cased(draw.pick(self.names["ways"][name])) for name in self.names["ways"]}
        self._draw_figures()

    def _draw_figures(self) -> None:
        """The area, the value, the rent and the rate, which go with each other."""
        draw = self._draw
        feet = 600 + draw.below(3400) if self.kind in ("house", "flat") else 2000 + draw.below(38_000)
        self.is_metric = self.unit.startswith("m") or self.unit in ("sq m", "sqm", "qm", "square metres")
        self.floor: float = round(feet * 0.0929, draw.pick((0, 0, 1, 2))) if self.is_metric else float(feet)
        value = feet * (90 + draw.below(420)) * (draw.pick((0.1, 0.4, 1)) if self.kind == "land" else 1)
        step = draw.pick((1000, 1000, 5000, 10_000, 500, 1))
        self.value = max(round(value / step) * step, 10_000)
        self.rate = (300 + 25 * draw.below(29)) / 100 if draw.chance(0.7) else (310 + draw.below(600)) / 100
        self.rent = round(self.value * (self.rate + 1.3) / 1200 / 10) * 120

    def of(self, kind: str) -> str:
        """A value of a kind. A sum, or what there is one of, is the same each time."""
        draw, country = self._draw, self._country
        match kind:
            case "town":
                return coded(filled(draw.pick(country["towns"]), self.of), draw)
            case "address":
                text = filled(draw.pick(country["addresses"]), self._here)
                return coded(text, draw)
            case "comp":
                others = (self.of("address") for _ in range(20))
                return next(one for one in others if not self._is_subject(one))
            case "street" | "client":
                return coded(filled(draw.pick(country[f"{kind}s"]), self._here), draw)
            case "first" | "last":
                return str(draw.pick((WORDS if draw.chance(0.7) else self._words)["people"][kind]))
            case "person":
                return f"{self.of('first')} {self.of('last')}"
            case "place":
                return str(draw.pick(self._words["places"]))
            case "company":
                return " ".join(draw.pick(self._words["companies"][part]) for part in ("first", "last"))
            case "house":
                return str(1 + draw.below(draw.pick((20, 90, country.get("doors", 150)))))
            case "flat":
                return str(1 + draw.below(40))
            case "earlier":
                return self.written(self.day - timedelta(days=400 + draw.below(4000)))
            case _ if kind in WORDS["values"] and kind not in _ALIKE:
                return self._made(kind)
            case _:
                if kind not in self._once:
                    self._once[kind] = self._made(kind)
                return self._once[kind]

    def _is_subject(self, address: str) -> bool:
        ours, other = self.address.upper(), address.upper()
        return ours in other or other in ours

    def _here(self, name: str) -> str:
        return self.town if name == "town" else self.of(name)

    def _made(self, kind: str) -> str:
        draw, words = self._draw, self.names["words"]
        if kind in _SUMS:
            return self.money(self.other_sum(*_SUMS[kind]))
        if kind in _COUNTS or kind in _SHARES:
            first, last = (_COUNTS | _SHARES)[kind]
            number = first + draw.below(last - first + 1)
            units = self.names["units"]
            match kind:
                case "age" | "life":
                    return str(units["year"].format(number))
                case "months":
                    return str(units["month"].format(number))
                case "fee":
                    return self.money(number // 50 * 50)
            return self._percent(number) if kind in _SHARES else str(number)
        match kind:
            case "inspected":
                return self.written(self.day - timedelta(days=draw.pick((1, 2, 3, 5, 8, 13))))
            case "reported":
                return self.written(self.day + timedelta(days=1 + draw.below(30)))
            case "later":
                return self.written(self.day + timedelta(days=300 + draw.below(3000)))
            case "renovated":
                return str(self._built + 1 + draw.below(max(self.day.year - self._built - 1, 1)))
            case "monthly":
                return self.money(self.rent // 12)
            case "costs" | "noi":
                share = 0.2 if kind == "costs" else 0.8
                return self.money(round(self.rent * share))
            case "tax":
                return self.money(round(self.value * 0.011))
            case "each":
                return self.money(round(self.value / self.floor))
            case "range":
                return f"{self.of('low')} - {self.of('high')}"
            case "small":
                return f"{self.number(round(self.floor * 0.15))} {self.unit}"
            case "firm":
                return filled(draw.pick(self._country["firms"]), self._here)
            case "other_street":
                return self.of("street")
            case "unused":
                return self.ways[
                    next(one for one in ("cost", "income", "comparison") if one not in self.used)
                ]
            case _ if kind in words:
                return str(draw.pick(words[kind]))
            case _ if kind in WORDS["languages"]["en"]["words"]:
                return str(draw.pick(WORDS["languages"]["en"]["words"][kind]))
            case _:
                return coded(filled(draw.pick(WORDS["values"][kind]), self.of), draw)

    def other_sum(self, first: int, last: int) -> int:
        """So many parts in a hundred of the value, and never the value."""
        part = first + self._draw.below(last - first + 1)
        amount = max(round(self.value * part / 100_000), 1) * 1000
        return amount + 1000 if amount == self.value else amount

    def written(self, day: date) -> str:
        """A day as this report writes all of them."""
        return written_day(day, self._day_form, self._country["names"])

    def money(self, amount: int) -> str:
        """A sum with its sign and what may stand behind whole sums."""
        return str(self._sign.format(self._plain(amount) + self._sum_form[5:]))

    def number(self, number: float) -> str:
        """A size as this report writes numbers."""
        if not self._is_grouped and number < 10_000:
            return f"{number:.10g}".replace(".", self._point)
        return self._plain(number)

    def lot(self) -> str:
        """The size of a lot in its unit."""
        built, land, decimals = _LOTS.get(self.lot_unit, _SQUARE_METRES)
        most = land if self.kind == "land" else built
        size = most * (0.06 + 0.94 * self._draw.number() ** 2)
        return self.number(round(size, decimals if size < 20 else 0) or 1)

    @property
    def _point(self) -> str:
        return "," if self._sum_form[1] in ". " else "."

    def _plain(self, number: float) -> str:
        text = f"{number:,.10g}" if number % 1 else f"{number:,.0f}"
        return with_marks(text, self._sum_form[1], self._point)

    def _percent(self, rate: float) -> str:
        return f"{rate:.4g}".replace(".", self._point) + self._rate_form

    def _cased(self, way: str) -> str:
        """An approach in this report's capitals."""
        if self._country["names"] != "en" or way.isupper():
            return way
        return (way, way.title(), way.lower(), way.lower())[self._case]

    def _expert(self) -> str:
        draw, country = self._draw, self._country
        before, behind = draw.pick(country.get("before", ("",))), draw.pick(country["titles"])
        return f"{before}{self.of('person')}{'' if before else behind}"
