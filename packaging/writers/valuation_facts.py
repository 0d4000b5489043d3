"""What a made-up valuation states: its gold, and the text of each field."""

from typing import Any

from writers.form_parts import capital, filled, slots
from writers.valuation_values import ValuationValues

from thresher.adapters.training.draw import Draw

#: How often each of these is stated, in the order of the record type.
_STATED = {
    "property_address": 0.95,
    "client": 0.85,
    "appraiser": 0.83,
    "valuation_date": 0.87,
    "market_value": 0.94,
    "approach": 0.72,
    "floor_area": 0.82,
    "lot_size": 0.68,
    "year_built": 0.78,
    "annual_rent": 0.25,
    "cap_rate_percent": 0.12,
    "condition": 0.65,
}
#: What the kind of property changes of it.
_OF_KIND: dict[str, dict[str, float]] = {
    "house": {},
    "flat": {"lot_size": 0.15},
    "multi": {"annual_rent": 0.7, "cap_rate_percent": 0.5},
    "commercial": {"annual_rent": 0.8, "cap_rate_percent": 0.65},
    "land": {"floor_area": 0, "year_built": 0, "condition": 0, "annual_rent": 0.08, "lot_size": 0.92},
}
#: What fields are called where a sentence takes an adjective alone.
_SAME = {"state": "condition"}
#: How often a labelled condition has a capital, a size its unit in its label, and a value a word beside.
_CAPITAL, _BARE, _ABOUT = 0.4, 0.12, 0.08
#: A space that no line ends at.
_TIED = "\u00a0"


class ValuationFacts(ValuationValues):
    """One valuation's facts: `texts` of what it could state.

    What is then said, in whichever words, is its gold.
    """

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        super().__init__(words, draw)
        self._said: set[str] = set()
        self._values: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self._draw_texts()

    def _draw_texts(self) -> None:
        draw = self._draw
        is_adjective = draw.chance(0.5)
        state = draw.pick(self.names["conditions" if is_adjective else "ratings"])
        self._values = {
            "property_address": self.address,
            "client": self.of("client"),
            "appraiser": self._expert(),
            "valuation_date": (self.written(self.day), self.day.isoformat()),
            "market_value": (self.money(self.value), self.value),
            "approach": (self.listed("lists"), [self.ways[one] for one in self.used]),
            "floor_area": (f"{self.number(self.floor)} {self.unit}", self.floor),
            "lot_size": f"{self.lot()} {self.lot_unit}",
            "year_built": (str(self._built), self._built),
            "annual_rent": (self.money(self.rent), self.rent),
            "cap_rate_percent": (self._percent(self.rate), self.rate),
            "condition": state,
        }
        stated = _STATED | _OF_KIND[self.kind]
        for name, made in self._values.items():
            if draw.chance(stated[name]):
                self.texts[name] = made if isinstance(made, str) else made[0]
        if is_adjective and "condition" in self.texts:
            self.texts["state"] = state

    def gold(self) -> dict[str, Any]:
        """Every field: what is said of it."""
        gold: dict[str, Any] = {}
        for name in _STATED:
            made = self.texts.get(name, "") if isinstance(self._values[name], str) else self._values[name][1]
            gold[name] = made if name in self._said else [] if name == "approach" else None
            if name == "market_value":
                gold["currency"] = self._sign.replace("{}", "").strip() if name in self._said else None
        return gold

    def say(self, name: str) -> str:
        """The text of a field, or of what is beside; a field is said from then on."""
        field = _SAME.get(name, name)
        if field in _STATED:
            self._said.add(field)
            if name == "approach":
                return self.listed("joins")
            text = self.texts[name]
        else:
            text = self.of(name)
        return text.replace(" ", _TIED)

    def is_said(self, name: str) -> bool:
        """Whether the field's value stands in the text already."""
        return name in self._said

    def filled(self, template: str) -> str:
        """With what it states, or a value of the kind, in place of the names in braces."""
        return filled(template, self.say)

    def states(self, template: str) -> bool:
        """Whether each field that a template names is stated, and it can say what else it names."""
        named = slots(template)
        fields = {name for name in named if _SAME.get(name, name) in _STATED}
        return fields <= self.texts.keys() and ("unused" not in named or len(self.used) < len(self.ways))

    def listed(self, how: str) -> str:
        """The approaches used, in one of the ways of listing them."""
        *ways, last = (self.ways[one].replace(" ", _TIED) for one in self.used)
        between = str(self._draw.pick(self.names[how]))
        joined = (", " if how == "joins" else between).join(ways)
        return joined + between + last if ways else last

    def entry(self, name: str) -> tuple[str, str]:
        """A field's label and text, with what forms put around some values."""
        draw = self._draw
        if name == "condition" and draw.chance(_CAPITAL):
            self.texts[name] = capital(self.texts[name])
        label, text = self.label(name), self.say(name)
        match name:
            case "approach":
                text = self.listed("lists")
            case "floor_area" if draw.chance(_BARE):
                label, text = f"{label} ({self.unit})", self.number(self.floor)
            case "floor_area" | "year_built" if draw.chance(_ABOUT):
                text = f"{draw.pick(self.names['about'])} {text}"
            case "market_value" if draw.chance(_ABOUT):
                text = f"{text} {draw.pick(self.names['rounded'])}"
        return label, text

    def label(self, name: str) -> str:
        """What the report calls a field."""
        labels = [one for one in self.names["names"][name].split("|") if self.states(one)]
        return self.filled(self._draw.pick(labels))
