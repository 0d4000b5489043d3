"""What a made-up financial statement states, and how it writes it, with words of `statement_words.yaml`."""

import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import Values, filled, written_day

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("statement_words.yaml").read_text("utf-8"))

#: The fields that are no figures, and those that are.
_NAMES = ("company", "period", "period_end", "currency", "unit")
FIELDS = (
    "revenue",
    "revenue_growth",
    "gross_profit",
    "operating_income",
    "net_income",
    "earnings_per_share",
    "total_assets",
    "total_liabilities",
    "operating_cash_flow",
)
#: How often a company loses money, and its name is in capitals.
_LOSS, _CAPITALS = 0.25, 0.12
#: The last days of fiscal years: month and day.
_ENDS = ((12, 31), (12, 31), (12, 31), (12, 31), (3, 31), (6, 30), (9, 30), (1, 31))
#: How a figure below nought is written, and how many decimals those have that are no sums of money.
_BELOW = ("({})", "({})", "-{}", "\N{MINUS SIGN}{}", "({})")
_DECIMALS = {"earnings_per_share": 2, "basic": 2, "revenue_growth": 1, "share": 1}
#: The last days of quarters: month and day.
_QUARTERS = ((3, 31), (6, 30), (9, 30), (12, 31))

#: A figure of this period and of those before it, in the statement's unit.
Figures = list[float]


class StatementFacts:
    """One company's period: `figures` by name, each of three periods, and its names, unit and days.

    `gold` has what a document says of them.
    """

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self._values = draw, Values(words, draw)
        country = draw.pick(WORDS["shares"])
        self.language = country if country in WORDS["names"] else "en"
        self.names: dict[str, Any] = WORDS["names"][self.language]
        self._form, self._day_form = draw.pick(WORDS["numbers"][country]), draw.pick(WORDS["days"][country])
        self._below = draw.pick(_BELOW)
        self.code, self.sign, self.name = map(str, draw.pick(WORDS["money"][country]))
        self.company = self._company(country)
        self._draw_period()
        unit = draw.pick(WORDS["units"])
        self.decimals, self._size = unit["decimals"], unit["size"]
        self.unit_text = filled(draw.pick(unit["texts"]), self._money_word)
        self.unit = filled(unit["says"], lambda _: self.unit_text) if "says" in unit else None
        self.figures = self._drawn()
        self.gold: dict[str, Any] = dict.fromkeys((*_NAMES, *FIELDS))

    def say_in(self, decimals: int, size: int) -> None:
        """Draws the figures anew, with so many decimals, of up to so many digits more, and no unit's text."""
        self.decimals, self._size, self.unit_text, self.unit = decimals, size, "", None
        self.figures = self._drawn()

    def say_figure(self, name: str) -> None:
        """A figure of this period is said; one that is not asked for is no gold."""
        if name in FIELDS:
            self.gold[name] = self.figures[name][0]

    def say_company(self) -> str:
        """Who reports."""
        self.gold["company"] = self.company
        return self.company

    def say_last_day(self) -> str:
        """The last day of the period, written out."""
        self.gold["period_end"] = self.days[0].isoformat()
        return self.written(self.days[0])

    def say_period(self, called: str) -> None:
        """The period is called so, at times by its last day."""
        self.gold["period"] = called
        if self._writes_day:
            self.say_last_day()

    def currency_in(self, text: str) -> str | None:
        """The currency as the text writes it, as a word of its own or as a sign."""
        names = (self.name, self.code, self.sign)
        return next((one for one in names if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text)), None)

    def written(self, day: date) -> str:
        """A day as this company writes all of them."""
        return written_day(day, self._day_form)

    def text(self, name: str, value: float) -> str:
        """A figure as a table has it."""
        plain = self.plain(abs(value), _DECIMALS.get(name, self.decimals))
        return self._below.format(plain) if value < 0 else plain

    def plain(self, value: float, decimals: int) -> str:
        """A number as the country writes it."""
        group, point = ("", ".") if self._form[1] == "2" else (self._form[1], self._form[-2])
        return f"{value:,.{decimals}f}".translate(str.maketrans({",": group, ".": point}))

    def signed(self, text: str) -> str:
        """A figure behind the currency's sign; one of letters stands by itself."""
        gap = " " if self.sign.isalpha() else self._draw.pick(("", "", " "))
        return f"{self.sign}{gap}{text}"

    def one(self, scale: float = 1.0) -> Figures:
        """A figure that nothing depends on, and those of the periods before."""
        return self._through(self.figures["revenue"][0] * scale * (2 + self._draw.below(90)) / 100)

    def percent(self) -> Figures:
        """A share, and those of the periods before."""
        return self._through((5 + self._draw.below(500)) / 10, 1)

    def person(self) -> str:
        """Somebody's name."""
        return self._values.of("person", "")[1]

    def label(self, name: str) -> str:
        """What this company calls a row."""
        return str(self._draw.pick(self.names[name].split("|")))

    def _company(self, country: str) -> str:
        draw, words = self._draw, WORDS["companies"]
        form = draw.pick(words["forms"][country])
        named = f"{draw.pick(words['first'])} {draw.pick(words['last'])}"
        named += form if form.startswith(",") else f" {form}"
        if draw.chance(0.15):
            named = named.rpartition(" ")[0].rstrip(",")
        named = named.upper() if draw.chance(_CAPITALS) else named
        return str(draw.pick(words["groups"])).format(named) if self.language == "en" else named

    def _draw_period(self) -> None:
        """How long the period is, its last day, and what it and those before it are called."""
        draw = self._draw
        periods = WORDS["periods"][self.language]
        months = draw.pick([one for one in periods for _ in range(3 if one == 12 else 1)])
        form = draw.pick(periods[months])
        year = 2004 + draw.below(22)
        quarter = draw.below(4) if months == 3 else months // 3 - 1
        month, day = draw.pick(_ENDS) if months == 12 else _QUARTERS[quarter]
        self.days = [date(year - back, month, day) for back in range(3)]
        self.periods = [self._named(form, back, quarter) for back in range(3)]
        self._writes_day = "{day}" in form

    def _named(self, form: str, back: int, quarter: int) -> str:
        day = self.days[back]
        known = {
            "day": self.written(day),
            "year": str(day.year),
            "short": f"{day.year % 100:02}",
            "half": str(1 + (quarter > 1)),
            "quarter": str(quarter + 1),
            "nth": str(WORDS["nth"][quarter % 4]),
        }
        return filled(form, known.__getitem__)

    def _money_word(self, name: str) -> str:
        return {"name": self.name, "code": self.code, "sign": self.sign}[name]

    def _drawn(self) -> dict[str, Figures]:
        """Figures that fit together, more or less, as those of most companies do."""
        draw = self._draw
        revenue = (1 + draw.below(9000) / 1000) * 10 ** (1 + draw.below(self._size))
        gross = revenue * (15 + draw.below(60)) / 100
        net = revenue * (1 + draw.below(18)) / 100 * (-1 if draw.chance(_LOSS) else 1)
        assets = revenue * (40 + draw.below(200)) / 100
        drawn = {
            "revenue": revenue,
            "gross_profit": gross,
            "operating_income": net * (110 + draw.below(60)) / 100,
            "net_income": net,
            "earnings_per_share": (3 + draw.below(500)) / 100 * (-1 if net < 0 else 1),
            "total_assets": assets,
            "total_liabilities": assets * (20 + draw.below(65)) / 100,
            "operating_cash_flow": net + revenue * draw.below(12) / 100,
        }
        figures = {name: self._through(value, _DECIMALS.get(name)) for name, value in drawn.items()}
        sales = figures["revenue"]
        growth = [round((now / max(then, 0.1) - 1) * 100, 1) for now, then in pairwise(sales)]
        figures["revenue_growth"] = [*growth, 1.5]  # what came before the earliest is not drawn
        figures["basic"] = [round(one * 1.02 + 0.01, 2) for one in figures["earnings_per_share"]]
        return figures

    def _through(self, value: float, decimals: int | None = None) -> Figures:
        """The figure, and what it was in the periods before."""
        figures = [value]
        for _ in range(2):
            figures.append(figures[-1] * (78 + self._draw.below(40)) / 100)
        decimals = self.decimals if decimals is None else decimals
        return [round(one, decimals) if decimals else round(one) for one in figures]
