"""What a made-up invoice states, with words of `invoice_words.yaml`: gold, and the text of each value."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import Values, coded, filled, slots, with_marks, written_day

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("invoice_words.yaml").read_text("utf-8"))
ENGLISH: dict[str, Any] = WORDS["countries"]["us"]["names"]

#: How often each of these is stated. A total always is.
_STATED = {
    "invoice_number": 0.97,
    "supplier": 0.96,
    "invoice_date": 0.97,
    "due_date": 0.6,
    "supplier_tax_id": 0.55,
    "customer": 0.95,
    "purchase_order": 0.35,
    "iban": 0.35,
}
#: The kind of a field's values, where it is not named as the field is.
_KINDS = {"invoice_number": "code", "supplier": "issuer", "customer": "issuer"}
#: How often tax stands by itself, something is taken off, something is added, and the currency has a line.
_TAXED, _LESS, _MORE, _IN_CODE = 0.75, 0.15, 0.2, 0.25
#: How often things are named in English, too, and a party in capitals.
_IN_TWO, _CAPITALS = 0.15, 0.12
_DAYS_TO_PAY = (0, 7, 10, 14, 30, 30, 45, 60)


class InvoiceFacts:
    """One invoice's facts: `gold` by field, `texts` of what is stated, as its country writes it.

    `items` are its things, each with how many of it and the price of one in cents.
    """

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self._words, self._values = draw, words, Values(words, draw)
        country = WORDS["countries"][draw.pick(WORDS["shares"])]
        self._country, self.names = country, country["names"]
        self._day_form, self._sum_form = draw.pick(country["days"]), draw.pick(country["sums"])
        self.code, sign = draw.pick(country["money"])
        self._sign = draw.pick(("{}", f"{sign}{{}}", f"{sign} {{}}", f"{{}} {sign}", f"{self.code} {{}}"))
        self.is_in_two = self.names is not ENGLISH and draw.chance(_IN_TWO)
        self.in_code = draw.chance(_IN_CODE)
        self.day = date(2012, 1, 1) + timedelta(days=draw.below(14 * 365))
        self.items = [
            (self.of("ware"), 1 + draw.below(12), 100 + draw.below(60_000)) for _ in range(1 + draw.below(6))
        ]
        self.gold: dict[str, Any] = {}
        self.texts: dict[str, str] = {}
        self._draw_texts()
        self._draw_sums()

    def _draw_texts(self) -> None:
        draw = self._draw
        days = {"invoice_date": self.day, "due_date": self.day + timedelta(days=draw.pick(_DAYS_TO_PAY))}
        for name, share in _STATED.items():
            self.gold[name] = None
            if not draw.chance(share):
                continue
            if name in days:
                self._state(name, self.written(days[name]), days[name].isoformat())
            else:
                self._state(name, self.of(_KINDS.get(name, name)))

    def _draw_sums(self) -> None:
        draw = self._draw
        self.less = draw.below(2000) if draw.chance(_LESS) else 0
        self.more = 300 + draw.below(4000) if draw.chance(_MORE) else 0
        self.rate = draw.pick(self._country["rates"])
        net = max(sum(count * price for _, count, price in self.items) - self.less, 100) + self.more
        tax = round(net * self.rate / 100)
        self.is_taxed = draw.chance(_TAXED)
        for name, cents in (("net_amount", net), ("tax_amount", tax)):
            self.gold[name] = None
            if self.is_taxed:
                self._state(name, self.money(cents), cents / 100)
        self.total = net + tax * self.is_taxed
        self._state("total", self.money(self.total), self.total / 100)
        self.gold["currency"] = self.code if self.in_code or self.is_signed_by_code else None

    @property
    def is_signed_by_code(self) -> bool:
        """Whether the code of the currency stands beside each sum."""
        return self.code in self._sign

    def _state(self, name: str, text: str, gold: str | float | None = None) -> None:
        self.texts[name] = text
        self.gold[name] = text if gold is None else gold

    def of(self, kind: str) -> str:
        """A value of a kind, as the invoice writes it."""
        draw = self._draw
        match kind:
            case "issuer":
                name = self.filled(draw.pick(WORDS["issuers"]))
                suffix = draw.pick(self._country["suffixes"])
                name = f"{name}{draw.pick((' ', ' ', ', '))}{suffix}" if suffix else name
                return name.upper() if draw.chance(_CAPITALS) else name
            case "supplier_tax_id":
                return coded(draw.pick(self._country["tax_ids"]), draw)
            case "town":
                return coded(self.filled(draw.pick(self._country["towns"])), draw)
            case "street":
                return f"{1 + draw.below(400)} {draw.pick(self._words['streets'])}"
            case "first" | "last":
                return str(draw.pick(self._words["people"][kind]))
            case "adjective" | "noun":
                return str(draw.pick(self._words[f"{kind}s"])).capitalize()
            case "person":
                return self._values.of("person", "")[1].replace(",", "")
            case "earlier":
                return self.written(self.day - timedelta(days=1 + draw.below(30)))
            case _ if kind in WORDS["values"]:
                return coded(self.filled(draw.pick(WORDS["values"][kind])), draw)
            case _:
                return self._values.of(kind, "")[1]

    def filled(self, template: str) -> str:
        """With what it states, or a value of the kind, in place of the names in braces."""
        return filled(template, lambda name: self.texts.get(name) or self.of(name))

    def states(self, template: str) -> bool:
        """Whether each field that a template names is stated."""
        return self.gold.keys() & slots(template) <= self.texts.keys()

    def label(self, name: str) -> str:
        """What this invoice calls a field, or what stands beside."""
        kinds = [self.names, ENGLISH] if self.is_in_two else [self.names]
        named = " / ".join(self._draw.pick(names[name].split("|")) for names in kinds)
        return named.format(rate=f"{self.rate:g}")

    def line(self, name: str) -> str:
        """A field that is stated, behind its label."""
        return f"{self.label(name)}{self._draw.pick((': ', ' '))}{self.texts[name]}"

    def written(self, day: date) -> str:
        """A day as this invoice writes all of them."""
        return written_day(day, self._day_form)

    def plain(self, cents: int) -> str:
        """A sum without a sign, as the country writes it: `_sum_form` shows how."""
        form = self._sum_form
        thousands, point = form[1].strip("2") if len(form) > len("1234.50") else "", form[-3]
        return with_marks(f"{cents / 100:,.2f}", thousands, point)

    def money(self, cents: int) -> str:
        """A sum with the sign that this invoice writes."""
        return self._sign.format(self.plain(cents))
