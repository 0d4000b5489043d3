"""Documents of a domain's own record types as other sources write them, in words of `record_forms.yaml`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import Values, filled, laid_out, written_day

from thresher.adapters.training.draw import Draw

FORMS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("record_forms.yaml").read_text("utf-8"))

#: How days and sums are written: in the United States the month comes first.
_DAYS = {
    "any": ("%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d.%m.%Y", "%B %d, %Y", "%b %d, %Y", "%m/%d/%Y"),
    "us": ("%m/%d/%Y", "%m/%d/%y", "%B %d, %Y", "%Y-%m-%d", "%b %d, %Y", "%d-%b-%Y", "%m-%d-%Y"),
}
_SIGNS = {
    "any": ("{}", "{}", "{}", "${}", "£{}", "GBP {}", "{} EUR", "€ {}", "USD {}", "{} kr"),
    "us": ("{}", "${}", "$ {}", "USD {}"),
}
#: How often a document is a mail, what stands at the top has no name, and a title is in capitals.
_MAIL, _AT_TOP, _CAPITALS = 0.35, 0.75, 0.3


@dataclass(frozen=True)
class _Stated:
    """A value: as the record has it, and as the document writes it."""

    gold: Any
    text: str


class RecordForm:
    """One document: a title, perhaps a mail's head, what stands at the top, then all else in some layout."""

    def __init__(self, record_type: str, words: dict[str, Any], draw: Draw) -> None:
        self._form, self._draw = FORMS[record_type], draw
        self._words = words
        self._values = Values(words, draw)
        self._day_form = draw.pick(_DAYS[self._form["written"]])
        self._sign = draw.pick(_SIGNS[self._form["written"]])
        self._sent = self._next_day = date(2008, 1, 1) + timedelta(days=draw.below(18 * 365))
        self.items = self._drawn_items()
        self._choice = draw.pick(list(self._form["titles"])) if "choice" in self._form else None
        self._stated = self._drawn_values()

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold: all fields of the record type that the form knows."""
        draw, form = self._draw, self._form
        titles = form["titles"][self._choice] if self._choice else form["titles"]
        title = self._filled(draw.pick(titles))
        title = title.upper() if draw.chance(_CAPITALS) else title
        top = self._top() if draw.chance(_AT_TOP) else []
        opening = [self._filled(draw.pick(form["openings"]))] if draw.chance(0.5) else []
        closing = [draw.pick(form["closings"])] if draw.chance(0.7) else []
        head = [line for name in top for line in self._lines(name)]
        head = [title, *head] if draw.chance(0.3) else [*head, title]
        text = "\n".join([*self._mail(title), *head, *opening, *self._body(top), *closing])
        asked = {name: self._stated[name].gold if name in self._stated else None for name in form["asked"]}
        return text.strip("\n"), asked | ({form["choice"]: self._choice} if self._choice else {})

    def _body(self, top: list[str]) -> list[str]:
        """What does not stand at the top, by name, among other things; items are followed by their total."""
        draw = self._draw
        entries = [(self._label(name), one.text) for name, one in self._stated.items() if name not in top]
        entries += [(self._named(names), self._text(kind)) for kind, names in self._beside()]
        if not self.items:
            return [laid_out(draw.shuffled(entries), draw)]
        total = self._stated["total"].text
        rest = laid_out(draw.shuffled([one for one in entries if one[1] != total]), draw)
        summed = self._item_lines() + [f"{label}   {text}" for label, text in entries if text == total]
        return [rest, *summed] if draw.chance(0.5) else [*summed, rest]

    def _drawn_values(self) -> dict[str, _Stated]:
        only = self._form.get("only", {})
        stated: dict[str, _Stated] = {}
        for name, (kind, _, share) in self._form["asked"].items():
            if self._draw.chance(share) and only.get(name, self._choice) == self._choice:
                stated[name] = self._value(kind)
        return stated

    def _drawn_items(self) -> list[tuple[str, int]]:
        """Things, each with its price in cents."""
        draw = self._draw
        if not self._form["items"] or draw.chance(0.25):
            return []
        return [(self._text("thing"), 50 + draw.below(9000)) for _ in range(1 + draw.below(7))]

    def _item_lines(self) -> list[str]:
        wide, between = 12 + self._draw.below(30), self._draw.pick(("  ", "\t", " ... "))
        return [f"{name:{wide}}{between}{cents / 100:.2f}" for name, cents in self.items]

    def _beside(self) -> list[list[str]]:
        return self._draw.shuffled(self._form["beside"])[: self._draw.below(5)]

    def _top(self) -> list[str]:
        return [name for name in self._form["top"] if name in self._stated]

    def _lines(self, name: str) -> list[str]:
        """A value at the top: an address may take two lines."""
        text = self._stated[name].text
        if name == "address" and self._draw.chance(0.5):
            street, _, rest = text.partition(", ")
            return [f"{street},", rest] if self._draw.chance(0.5) else [street, rest]
        return [text]

    def _label(self, name: str) -> str:
        return self._named(self._form["asked"][name][1])

    def _named(self, names: str) -> str:
        return self._draw.pick(names.split("|"))

    def _mail(self, title: str) -> list[str]:
        """The head of a mail, at times: of the document's first day."""
        draw = self._draw
        if not draw.chance(_MAIL):
            return []
        sender = re.sub(r"\W+", "", self._text("company")).lower()
        person = f"For {self._text('person')}"
        clock = f"{draw.below(24):02}:{draw.below(60):02}:00 +0000"
        return [
            f"From: {draw.pick(('Receipts', 'Orders', 'Office', 'No reply'))} <mail@{sender}.example>",
            f"To: {self._text('person')} <{self._text('email')}>",
            f"Date: {self._sent:%a, %d %b %Y} {clock}",
            f"Subject: {draw.pick((title, f'Re: {title}', f'Your {title.lower()}', person))}",
            "",
        ]

    def _filled(self, template: str) -> str:
        """With fields and kinds in place of the names in braces."""
        stated = self._stated
        return filled(template, lambda name: stated[name].text if name in stated else self._text(name))

    def _text(self, kind: str) -> str:
        return self._value(kind).text

    def _value(self, kind: str) -> _Stated:
        draw, people = self._draw, self._words["people"]
        match kind:
            case "printed_day" | "date":
                return self._day(kind)
            case "printed_sum" | "total" | "small_sum":
                return self._sum(kind)
            case "printed_address":
                text = self._values.address()
                return _Stated(text, text)
            case "last_first":
                first, last = draw.pick(people["first"]), draw.pick(people["last"])
                return _Stated(f"{last}, {first}", f"{last}, {first}")
            case "first" | "last":
                text = draw.pick(people[kind])
            case "adjective" | "noun":
                text = draw.pick(self._words[f"{kind}s"]).capitalize()
            case _ if kind in FORMS["words"]:
                text = filled(draw.pick(FORMS["words"][kind]), self._text)
            case _:
                text = self._values.of(kind, kind)[1]
        return _Stated(text, text)

    def _day(self, kind: str) -> _Stated:
        """The first day, or a later one where there has been one: of a period the end comes second."""
        day, self._next_day = self._next_day, self._next_day + timedelta(days=1 + self._draw.below(40))
        text = written_day(day, self._day_form)
        return _Stated(day.isoformat() if kind == "date" else text, text)

    def _sum(self, kind: str) -> _Stated:
        draw = self._draw
        cents = draw.below(10 ** (3 + draw.below(2 if kind == "small_sum" else 4))) + 100
        if kind == "printed_sum" and self.items:
            cents = sum(one for _, one in self.items)
        plain = f"{cents / 100:,.2f}" if draw.chance(0.7) else f"{cents / 100:.2f}"
        return _Stated(cents / 100 if kind == "total" else plain, self._sign.format(plain))
