"""The values of a made-up contract: lengths of time, sums, shares, days, names of others."""

from datetime import date, timedelta
from typing import Any

from writers.form_parts import capital, coded, with_marks, written_day
from writers.risk_parties import WORDS, RiskParties

from thresher.adapters.numbers import COUNTING_WORDS
from thresher.adapters.training.draw import Draw

_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = tuple(COUNTING_WORDS[:-1])
#: A number and what it counts.
Length = tuple[int, str]
#: The periods of a renewal, with what one is called and the longest notice, in days, that goes with it.
_PERIODS: tuple[tuple[Length, str, int], ...] = (((1, "year"), "year", 180), ((12, "month"), "year", 180)) * 4
_PERIODS += (((1, "month"), "month", 14), ((3, "month"), "quarter", 45), ((6, "month"), "half-year", 90))
#: Those of a renewal.
_NOTICES: list[Length] = [(int(number), unit) for number, unit in WORDS["notices"]]
_IN_DAYS = {"day": 1, "week": 7, "month": 30, "business day": 1.4}
_TERMS = (12, 24, 36, 36, 48, 60)
_DAYS = (5, 7, 8, 10, 14, 15, 20, 21, 28, 30, 45, 60)
#: From this way of writing a number on, it has another in brackets.
_BRACKETED = 3
#: What stands between thousands, of each currency that has not always a comma.
_MARKS = dict.fromkeys(("EUR", "€", "euros"), (",", ",", ".", " ")) | dict.fromkeys(
    ("SEK", "DKK"), (" ", ".")
)
_PERCENTS = ("{}%", "{}%", "{}%", "{} %", "{} percent", "{} per cent", "{word} percent ({}%)")
_BIG, _SMALL = (25, 40, 50, 60, 70, 75, 80, 85, 90, 100), (2, 3, 4, 5, 6, 7, 10, 15)
_DATES = ("%d %B %Y", "%B %d, %Y", "%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d %b %Y")
#: Sums of a kind, from and so many steps up.
_SUMS = {
    "sum": (200, 90),
    "cap_sum": (5000, 90),
    "small": (5, 90),
    "monthly": (50, 90),
    "deposit": (100, 60),
    "setup": (50, 50),
    "insured": (1_000_000, 25),
}
#: Which field each of these states, and the list that it comes from.
_ASKED = {
    "cap": ("liability_cap", "caps"),
    "fee": ("termination_fee", "fees"),
    "rate": ("late_payment_interest", "rates"),
}
#: What a contract has one of.
_ALIKE = (
    "monthly",
    "deposit",
    "setup",
    "insured",
    "cure",
    "warranty",
    "term_other",
    "number",
    "site",
    "court",
)


class RiskValues(RiskParties):
    """Fills wordings with the values of one contract; what it states of what is asked is in `stated`."""

    def __init__(self, words: dict[str, Any], draw: Draw, is_form: bool) -> None:
        super().__init__(words, draw, is_form)
        #: What wordings that were filled since it was emptied state, by field.
        self.stated: dict[str, str] = {}
        self._once: dict[str, str] = {}
        self._sums: set[int] = set()
        self._money, self._numbers = str(draw.pick(WORDS["money"])), draw.below(5)
        marks = next((marks for code, marks in _MARKS.items() if code in self._money), (",",))
        self._mark = draw.pick(marks)
        self._percent, self._date_form = draw.pick(_PERCENTS), draw.pick(_DATES)
        self._start = date(2008, 1, 1) + timedelta(days=draw.below(18 * 365))
        self._period, self._each, longest = draw.pick(_PERIODS)
        notices = [one for one in _NOTICES if one[0] * _IN_DAYS[one[1]] <= longest]
        self._notice = self._length(*draw.pick(notices))
        self._months = draw.pick(_TERMS)
        in_years, in_months = (self._months // 12, "year"), (self._months, "month")
        self._term = self._length(*(in_years if draw.chance(0.4) else in_months))
        self._law = draw.pick(WORDS["laws"]).split(" | ")

    def of(self, name: str) -> str:
        """A value of a kind, or what is called so. What a contract has one of is the same each time."""
        base = name.removesuffix("_cap")
        if base != name:
            return capital(self.of(base))
        if name in self._slots:
            return super().of(name)
        if name not in _ALIKE:
            return self._of(name)
        if name not in self._once:
            self._once[name] = self._of(name)
        return self._once[name]

    def _of(self, name: str) -> str:
        draw = self._draw
        match name:
            case "notice" | "notice_p":
                self.stated["renewal_notice"] = self._notice
                return self._notice if name == "notice" else _possessive(self._notice)
            case "cap" | "fee" | "rate":
                return self._asked(name)
            case "law_of" | "law_adj" | "law_name":
                self.stated["governing_law"] = self._law[2 if name == "law_adj" else 0]
                return str(self._law[("law_name", "law_of", "law_adj").index(name)])
            case "term":
                return self._term
            case "period":
                return self._length(*self._period)
            case "period_adj":
                one = self._length(*self._period).removesuffix("s")
                return one.replace(" ", "-") if self._numbers < _BRACKETED else one
            case "period_word":
                return self._each
            case "days" | "days_p" | "days2" | "cure":
                others = [self._length(one, "day") for one in _DAYS]
                text = draw.pick([one for one in others if one != self._notice])
                return _possessive(text) if name == "days_p" else text
            case "days_plain":
                return f"{draw.pick([one for one in _DAYS if f'{one} ' not in self._notice])} days"
            case "n_months" | "n_months_p" | "warranty":
                text = self._length(draw.pick((3, 6, 12, 12, 12, 18, 24)), "month")
                return _possessive(text) if name.endswith("_p") else text
            case "term_other":
                return self._length(draw.pick((2, 3, 5, 7, 10)), "year")
            case _ if name in _SUMS:
                return self._sum(*_SUMS[name], name in ("sum", "cap_sum"))
            case "pct" | "pct_big":
                number = draw.pick(_SMALL if name == "pct" else _BIG)
                return str(self._percent.format(number, word=_word(number)))
            case "number" | "units":
                return str(5 * (1 + draw.below(60)))
            case "date" | "later" | "soon" | "before":
                return self._day(name)
            case _:
                return self._noun(name)

    def _asked(self, name: str) -> str:
        """A cap, a fee or a rate, which the contract then states."""
        field, wordings = _ASKED[name]
        self.stated[field] = text = self.filled(self._draw.pick(WORDS[wordings]))
        return text

    def _noun(self, name: str) -> str:
        draw = self._draw
        match name:
            case "city" | "site" | "court":
                return str(draw.pick(WORDS["cities"]))
            case "bank":
                return str(draw.pick(WORDS["banks"]))
            case "company3":
                return self._company()
            case "person":
                people = self._words["people"]
                return f"{draw.pick(people['first'])} {draw.pick(people['last'])}"
            case "address":
                street = f"{1 + draw.below(240)} {draw.pick(self._words['streets'])}"
                return f"{street}, {draw.pick(WORDS['cities'])}"
            case "code":
                return coded(draw.pick(("@@-####", "####-##", "@#####", "20##/####")), draw)
            case "page":
                return str(1 + draw.below(4))
            case _:
                raise KeyError(name)

    def _length(self, number: int, unit: str) -> str:
        word, plural = _word(number), "" if number == 1 else "s"
        forms = (str(number), str(number), word, f"{word} ({number})", f"{word} ({number})")
        return f"{forms[self._numbers]} {unit}{plural}"

    def _sum(self, least: int, steps: int, is_wide: bool) -> str:
        """A sum that the contract has not had yet."""
        draw = self._draw
        while True:
            amount = least * (1 + draw.below(steps)) * draw.pick((1, 1, 5, 10)) ** is_wide
            if amount not in self._sums:
                break
        self._sums.add(amount)
        text = f"{amount:,}" + (".00" if self._mark == "," and draw.chance(0.2) else "")
        return self._money.format(with_marks(text, self._mark, "."))

    def _day(self, name: str) -> str:
        later = self._start + timedelta(days=round(self._months * 30.44) - 1)
        days = {"later": later, "soon": self._start + timedelta(days=9 + self._months)}
        days["before"] = self._start - timedelta(days=self._months // 2)
        return written_day(days.get(name, self._start), self._date_form)


def _word(number: int) -> str:
    if number < 20:
        return _ONES[number - 1]
    if number >= 100:
        rest = f" {_word(number % 100)}" if number % 100 else ""
        return f"one hundred{rest}"
    tens = _TENS[number // 10 - 2]
    return f"{tens}-{_ONES[number % 10 - 1]}" if number % 10 else tens


def _possessive(length: str) -> str:
    return length + ("'" if length.endswith("s") else "'s")
