"""Writes a made-up invoice around its facts: as suppliers' programs lay it out, or in a mail's own words."""

import re
from typing import Any

from form_parts import slots
from invoice_facts import WORDS, InvoiceFacts

from thresher.adapters.training.draw import Draw

#: How often an invoice is a mail's own words, stands its address beside its facts, and is paid in part.
_MAIL, _BESIDE, _PART_PAID = 0.1, 0.35, 0.12
#: The fields that stand together.
_NUMBERS = ["invoice_number", "invoice_date", "due_date", "purchase_order"]
_BETWEEN = (": ", ": ", "  ", "\t", " ", ":  ")


class InvoiceWriter:
    """Writes one invoice in blocks of lines: who sends it, who pays, facts, items, sums, the rest."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self.facts = draw, InvoiceFacts(words, draw)

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold."""
        draw, facts = self._draw, self.facts
        fitting = [one for one in WORDS["mails"] if facts.gold.keys() & slots(one) <= facts.texts.keys()]
        if fitting and draw.chance(_MAIL):
            return self._mail(draw.pick(fitting))
        head, foot = self._supplier()
        title = [draw.pick(facts.names["titles"])]
        opening = [title, head] if draw.chance(0.4) else [head, title]
        who, said = self._customer(), self._numbers()
        if draw.chance(_BESIDE):
            middle = [beside(who, said, 34 + draw.below(30))]
        else:
            middle = draw.shuffled([who, said])
        closing = [facts.filled(one) for one in draw.shuffled(WORDS["closings"])[: draw.below(4)]]
        blocks = [*opening, *middle, self._table(), self._sums(), [*self._bank(), *closing, *foot]]
        between = draw.pick(("\n", "\n", "\n\n"))
        lines = ["\n".join(line for line in block if line.strip()) for block in blocks]
        return between.join(block for block in lines if block), facts.gold

    def _mail(self, template: str) -> tuple[str, dict[str, Any]]:
        """A mail's own words; what they do not say is not in its gold."""
        facts, said = self.facts, slots(template)
        gold = {name: value if name in said else None for name, value in facts.gold.items()}
        return facts.filled(template), gold | ({"currency": facts.code} if facts.is_signed_by_code else {})

    def _supplier(self) -> tuple[list[str], list[str]]:
        """The lines of who sends it: those at the top, and those at the foot."""
        draw, facts = self._draw, self.facts
        name, where = facts.texts["supplier"], self._where()
        site = draw.pick(WORDS["sites"]).format(re.sub(r"\W+", "", name).lower())
        lines = [name, *where, *([site] if draw.chance(0.5) else [])]
        tax_id = [self._line("supplier_tax_id")] if "supplier_tax_id" in facts.texts else []
        match draw.below(6):
            case 0:
                return [self._label("supplier") + draw.pick((":", "")), *lines, *tax_id], []
            case 1:
                return [], [draw.pick((" | ", " · ", ", ")).join([*lines, *tax_id])]
            case 2:
                return [f"{self._label('supplier')}: {name}", *where, *tax_id], []
            case 3:
                return lines, tax_id
            case _:
                return [*lines, *tax_id], []

    def _customer(self) -> list[str]:
        """The lines of who pays, and at times of where the goods go."""
        draw, facts = self._draw, self.facts
        if "customer" not in facts.texts:
            return []
        name, label = facts.texts["customer"], self._label("customer")
        person = [facts.of("person")] if draw.chance(0.15) else []
        match draw.below(5):
            case 0:
                block = [f"{label}: {name}", *draw.pick(([], self._where()))]
            case 1:
                block = [name, *person, *self._where()]
            case _:
                block = [label + draw.pick((":", "")), name, *person, *self._where()]
        if not draw.chance(0.2):
            return block
        other = draw.pick((name, facts.of("issuer"), facts.of("person")))
        goods = [self._label("ship_to") + ":", other, *self._where()]
        return beside(block, goods, 40) if draw.chance(0.5) else [*block, *goods]

    def _where(self) -> list[str]:
        """A street and a town, at times in one line."""
        parts = [self.facts.of("street"), self.facts.of("town")]
        return [", ".join(parts)] if self._draw.chance(0.3) else parts

    def _numbers(self) -> list[str]:
        """Its number, its days and the order, among what is not asked."""
        draw, facts = self._draw, self.facts
        names = [*_NUMBERS, "total"] if draw.chance(0.15) else _NUMBERS
        stated = [one for one in names if one in facts.texts]
        entries = [(self._label(one), facts.texts[one]) for one in stated]
        others = draw.shuffled(facts.names["others"])[: draw.below(4)]
        entries += [(draw.pick(names.split("|")), facts.of(kind)) for names, kind in others]
        entries = entries if draw.chance(0.4) else draw.shuffled(entries)
        between = draw.pick(_BETWEEN)
        lines = [f"{label}{between}{text}" for label, text in entries]
        match draw.below(6):
            case 0:  # heads above values
                wide = [max(len(label), len(text)) + 3 for label, text in entries]
                rows = zip(*entries, strict=True)
                return [
                    "".join(f"{one:{width}}" for one, width in zip(row, wide, strict=True)) for row in rows
                ]
            case 1:
                return [line for entry in entries for line in entry]
            case 2:  # two columns
                return [(" " * 6).join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
            case _:
                return lines

    def _table(self) -> list[str]:
        """The items: how many of each, the price of one, and what they come to."""
        draw, facts = self._draw, self.facts
        rows = [
            (name, str(count), facts.plain(price), facts.plain(count * price))
            for name, count, price in facts.items
        ]
        rows[:0] = [tuple(draw.pick(facts.names["heads"]))] if draw.chance(0.85) else []
        note = [draw.pick(facts.names["currency"]).format(facts.code)] if facts.in_code else []
        wide = 24 + draw.below(20)
        match draw.below(6):
            case 0:
                lines = ["\t".join(row) for row in rows]
            case 1:
                lines = ["| " + " | ".join(row) + " |" for row in rows]
            case 2:
                lines = [f"{row[0]} {row[-1]}" for row in rows]
            case 3:  # cell by cell, as the text of some pages comes
                lines = [cell for row in rows for cell in row]
            case 4:
                lines = [" ".join(row) for row in rows]
            case _:
                lines = [f"{row[0]:{wide}}{row[1]:>8}{row[2]:>12}{row[3]:>14}" for row in rows]
        return [*note, *lines] if draw.chance(0.5) else [*lines, *note]

    def _sums(self) -> list[str]:
        """What is added up, down to the total."""
        draw, facts = self._draw, self.facts
        entries = [("less", facts.money(-facts.less))] if facts.less else []
        entries += [("more", facts.money(facts.more))] if facts.more else []
        entries += [
            (one, facts.texts[one]) for one in ("net_amount", "tax_amount", "total") if one in facts.texts
        ]
        if draw.chance(_PART_PAID):
            paid = facts.total // 2
            entries += [("paid", facts.money(paid)), ("left", facts.money(facts.total - paid))]
        named = [(self._label(name), text) for name, text in entries]
        between = draw.pick(_BETWEEN)
        match draw.below(5):
            case 0:
                return [f"{label:>48}  {text:>14}" for label, text in named]
            case 1:
                return [f"| | | {label} | {text} |" for label, text in named]
            case 2:
                return [line for entry in named for line in entry]
            case _:
                return [f"{label}{between}{text}" for label, text in named]

    def _bank(self) -> list[str]:
        return [self._line("iban")] if "iban" in self.facts.texts else []

    def _label(self, name: str) -> str:
        """What this invoice calls a field, or what stands beside."""
        names = self.facts.names[name].split("|")
        return str(self._draw.pick(names)).format(rate=f"{self.facts.rate:g}")

    def _line(self, name: str) -> str:
        return f"{self._label(name)}{self._draw.pick((': ', ' '))}{self.facts.texts[name]}"


def beside(left: list[str], right: list[str], wide: int) -> list[str]:
    """Two blocks of lines beside each other, as a page has them."""
    rows = [
        (block + [""] * max(len(left), len(right)))[: max(len(left), len(right))] for block in (left, right)
    ]
    return [f"{first:{wide}}  {second}".rstrip() for first, second in zip(*rows, strict=True)]
