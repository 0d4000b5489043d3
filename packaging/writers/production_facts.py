"""What a made-up production report states, with words of `production_words.yaml`: figures, texts and gold."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import coded, filled, slots, written_day
from writers.production_figures import COUNTS, RATES, ProductionFigures

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("production_words.yaml").read_text("utf-8"))

#: How often a report has each field to state, in the pack's order; its layout may leave out more.
_STATED = {
    "plant": 0.6,
    "line": 0.85,
    "date": 0.92,
    "shift": 0.85,
    "product": 0.85,
    "units_planned": 0.72,
    "units_produced": 0.82,
    "units_rejected": 0.82,
    "downtime_minutes": 0.75,
    "downtime_causes": 0.72,
    "oee_percent": 0.45,
    "supervisor": 0.78,
}
FIELDS = tuple(_STATED)
#: How often good ones are counted beside the total, and without it; a report counts nothing; and a shift is
#: named with its hours, or by them alone.
_GOOD, _GOOD_ALONE, _UNCOUNTED, _HOURS, _HOURS_ALONE = 0.35, 0.75, 0.12, 0.2, 0.06
#: What is no name by itself.
_BARE = re.compile(r"\d{1,2}|[A-Z]|I{2,3}")
_MONTH_FIRST = ("%m/%d/%Y",)


class ProductionFacts:
    """One report's facts: `texts` of what it may state; what is said of them becomes its gold.

    `is_free` reports tell the line and the shift in full, outside of any label; `is_plain` ones are of a
    program, which writes digits alone.
    """

    def __init__(self, words: dict[str, Any], draw: Draw, is_free: bool, is_plain: bool) -> None:
        self._words, self._draw, self.is_full = words, draw, is_free or draw.chance(0.7)
        self.words: dict[str, Any] = WORDS["languages"]["en" if is_plain else draw.pick(WORDS["shares"])]
        self.goods = draw.pick(self.words["goods"])
        mark = ["", "."] if is_plain else draw.pick(self.words["marks"])
        # A space that does not break: table cells stay apart.
        self._thousands, self._point = mark[0].replace(" ", "\u00a0"), mark[1]
        form = "%Y-%m-%d" if is_plain and draw.chance(0.7) else draw.pick(self.words["days"])
        day = date(2014, 1, 1) + timedelta(days=draw.below(12 * 365))
        # A day that could be a month is read the other way.
        self.day = day.replace(day=13 + draw.below(15)) if form in _MONTH_FIRST else day
        self._day_form, self._said = form, set[str]()
        self._percent = "{}" if is_plain and draw.chance(0.7) else draw.pick(("{}%", "{} %"))
        is_english = self.words is WORDS["languages"]["en"]
        written = ("{} min", "{} min", "{} minutes", "{}min", "{} mins") if is_english else ("{} min",)
        self._minutes = "{}" if is_plain else draw.pick(written)
        self._unit = f" {self.goods['unit']}" if draw.chance(0.3) and not is_plain else ""
        self._is_plain = is_plain
        # The causes of a trade stand for more of its reports.
        causes = self.goods.get("causes", []) * 2 + self.words["causes"]
        made = ProductionFigures(self.goods["scale"], causes, is_free, draw)
        self.figures, self.stops, self.downtime = made.counts, made.stops, made.downtime
        self.rates, self.oee, self.gold = made.rates, made.oee, made.gold()
        self._draw_texts()

    def _draw_texts(self) -> None:
        draw = self._draw
        stated = {name for name, share in _STATED.items() if draw.chance(share)}
        stated -= set() if self.stops else {"downtime_causes"}
        if draw.chance(_UNCOUNTED):
            stated -= {*COUNTS, "downtime_minutes", "oee_percent"}
        elif draw.chance(_GOOD if "units_produced" in stated else _GOOD_ALONE):
            stated.add("good")
        texts = {name: self.count(self.figures[name]) + self._unit for name in COUNTS}
        texts |= {name: self.percent(rate) for name, rate in self.rates.items()}
        texts |= {"oee_percent": self.percent(self.oee), "date": self.written(self.day)}
        texts |= {"downtime_minutes": self._minutes.format(self.downtime), "downtime_causes": ""}
        for name in ("plant", "line", "shift", "product", "supervisor"):
            texts[name] = self.of(name)
        if "hours" in self.words and draw.chance(_HOURS):
            form = draw.pick(("{} ({})", "{} ({})", "{} {}", "{}, {}"))
            texts["shift"] = form.format(texts["shift"], draw.pick(self.words["hours"]))
        elif "hours" in self.words and draw.chance(_HOURS_ALONE):
            texts["shift"] = draw.pick(self.words["hours"])
        self.gold["date"] = self.day.isoformat()
        self.unstated = set(_STATED) - stated - {"downtime_causes"}
        self.texts = {name: text for name, text in texts.items() if name in stated or name in RATES}

    def say(self, name: str) -> str:
        """The text of what the report states, which is its gold from then on."""
        self._said.add(name)
        return self.texts.get(name, "")

    def drop(self, *names: str) -> None:
        """Leaves what it might state unsaid."""
        for name in names:
            self.texts.pop(name, None)

    def has(self, name: str) -> bool:
        """Whether it is to be stated, and is not yet."""
        return name in self.texts and name not in self._said

    def labels_of(self, text: str) -> dict[str, Any]:
        """The gold of all that was said; a letter that stands right behind its label goes with it."""
        gold: dict[str, Any] = {name: self.gold.get(name, self.texts.get(name)) for name in FIELDS}
        gold = {name: value if name in self._said else None for name, value in gold.items()}
        gold["downtime_causes"] = gold["downtime_causes"] or []
        for name in ("line", "shift"):
            labels = sorted(self.words["labels"][name].split("|"), key=len, reverse=True)
            for label in labels if _BARE.fullmatch(gold[name] or "") else ():
                if re.search(rf"(?<!\w){re.escape(label)} {re.escape(gold[name])}(?!\w)", text):
                    gold[name] = f"{label} {gold[name]}"
                    break
        return gold

    def entry(self, name: str) -> tuple[str, str]:
        """A label and the value behind it, each unit in one of both."""
        label = self.label(name)
        text = self.say(name)
        if name == "downtime_causes":
            text = self._draw.pick((", ", "; ", " / ", ", ")).join(cause for cause, _ in self.stops)
        elif name == "downtime_minutes" and re.search(r"\(?\bmin", label.lower()):
            text = str(self.downtime)
        elif "%" in label:
            text = re.sub(r"\s*%", "", text)
        return label, text

    def label(self, name: str) -> str:
        """What this report calls a field, or what stands beside."""
        return str(self._draw.pick(self.words["labels"][name].split("|")))

    def count(self, number: int) -> str:
        """A whole number as this report writes it."""
        return f"{number:,}".replace(",", self._thousands)

    def decimal(self, number: float) -> str:
        """A number that need not be whole, as this report writes it."""
        return f"{number:g}".replace(".", self._point)

    def percent(self, number: float) -> str:
        """A share of a hundred."""
        return self._percent.format(self.decimal(number))

    def written(self, day: date) -> str:
        """A day as this report writes all of them."""
        return written_day(day, self._day_form)

    def coded(self, form: str) -> str:
        """With a digit, never a nought, in place of each `#`, and a letter in place of each `@`."""
        return coded(form, self._draw, least=1)

    def of(self, kind: str) -> str:
        """A value of a kind."""
        draw, words, figures = self._draw, self.words, self.figures
        match kind:
            case "line" | "shift":
                key = f"{kind}s" if self.is_full else f"{kind}s_bare"
                some = self.goods.get(key, words[key]) * 2 + words[key] if kind == "line" else words[key]
                return self.coded(draw.pick(some))
            case "product" | "plant":
                some = self.goods["products"] if kind == "product" else words["plants"]
                return self.coded(filled(draw.pick(some), self.of))
            case "supervisor" | "person":
                first, last = (
                    draw.pick(WORDS[one] + self._words["people"][one]) for one in ("first", "last")
                )
                forms = (f"{first} {last}", f"{first} {last}", f"{first[0]}. {last}", f"{last}, {first}")
                return draw.pick(forms if self._is_plain or not self.is_full else forms[:3])
            case "other_shift":
                return self.coded(draw.pick(words["shifts"]))
            case "near" | "big" | "hourly" | "runtime" | "heads" | "few" | "weight" | "energy":
                return self._amount(kind)
            case "scrap":
                return self.percent(round(100 * figures["units_rejected"] / figures["units_produced"], 1))
            case "seconds":
                return f"{self.decimal((12 + draw.below(600)) / 10)}{'' if self._is_plain else ' s'}"
            case "target":
                return self.percent(draw.pick((75, 80, 82, 85, 90)))
            case "break":
                return str(draw.pick((20, 30, 45))) + ("" if self._is_plain else " min")
            case "degrees":
                return f"{17 + draw.below(14)} °C"
            case "running":
                return f"{300 + draw.below(160)} min"
            case "town":
                return str(draw.pick(WORDS["town"] * 2 + self._words["places"]))
            case "safe":
                return str(draw.pick(words["safe"]))
            case _:
                return self.coded(draw.pick(WORDS[kind]))

    def _amount(self, kind: str) -> str:
        draw, planned = self._draw, self.figures["units_planned"]
        near = round(planned * (0.7 + 0.4 * draw.number()))
        match kind:
            case "near":
                return self.count(near)
            case "big":
                return self.count(near * (4 + draw.below(30)))
            case "hourly":
                return self.count(max(planned // 8, 1))
            case "runtime":
                return str(300 + draw.below(160))
            case "heads" | "few":
                return str(1 + draw.below(14 if kind == "heads" else 5))
            case _:
                return f"{self.count(80 + draw.below(4000))} {'kWh' if kind == 'energy' else 'kg'}"

    def filled(self, template: str) -> str:
        """With what it states, or a value of the kind, in place of the names in braces."""
        return filled(template, lambda name: self._told(name))

    def _told(self, name: str) -> str:
        draw, joint = self._draw, f" {self.words['and']} "
        if name in self.texts:
            return self.say(name)
        if name == "title":
            return str(draw.pick(self.words["titles"]))
        if name not in ("causes", "stops"):
            return self.of(name)
        self.say("downtime_causes")
        told = [cause for cause, _ in self.stops]
        if name == "stops":
            told = self.timed(draw.pick(("{0} ({1} min)", "{0} {1} min", "{1} min {0}", "{0}, {1} min")))
        gap = draw.pick((", ", ", ", "; ")) if name == "causes" else "; "
        if told[1:] and draw.chance(0.6):
            told = [gap.join(told[:-1]) + joint + told[-1]]
        return gap.join(told)

    def timed(self, form: str) -> list[str]:
        """Each cause with its minutes: where there is one alone, they are all that was lost."""
        self._said |= {"downtime_causes"} if self.stops[1:] else {"downtime_causes", "downtime_minutes"}
        return [form.format(cause, minutes) for cause, minutes in self.stops]

    def states(self, template: str) -> bool:
        """Whether each field that a template names is to be stated, and is not yet."""
        named = {"downtime_causes" if one in ("causes", "stops") else one for one in slots(template)}
        return all(self.has(one) for one in named & {*FIELDS, *RATES, "good"})
