"""Writes a made-up invoice around its facts: as suppliers' programs lay it out, or in a mail's own words."""

from typing import Any

from writers.form_parts import slots
from writers.invoice_facts import ENGLISH, WORDS, InvoiceFacts
from writers.invoice_parties import InvoiceParties
from writers.page_layout import Entry, as_read, band, beside, between, labelled

from thresher.adapters.training.draw import Draw

#: How often an invoice is a mail's own words, begins with a line that is none of it, has its number in its
#: title, has other words where a value would stand, and is paid in part.
_MAIL, _TOP, _IN_TITLE, _INSTEAD, _PART_PAID = 0.1, 0.1, 0.15, 0.12, 0.12
#: How often a table has a column of numbers, one of codes, and one of rates.
_COUNTED, _CODED, _RATED = 0.15, 0.15, 0.15
#: The fields that stand together.
_NUMBERS = ["invoice_number", "invoice_date", "due_date", "purchase_order"]


class InvoiceWriter:
    """Writes one invoice in blocks of lines: who sends it, who pays, facts, items, sums, the rest."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self.facts = draw, InvoiceFacts(words, draw)
        self._parties = InvoiceParties(self.facts, draw)
        self._has_number_in_title = "invoice_number" in self.facts.texts and draw.chance(_IN_TITLE)

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold."""
        draw, facts = self._draw, self.facts
        fitting = [one for one in WORDS["mails"] if facts.states(one)]
        if fitting and draw.chance(_MAIL):
            return self._mail(draw.pick(fitting))
        head, foot = self._parties.supplier()
        closings = [one for one in draw.shuffled(WORDS["closings"]) if facts.states(one)]
        closing = [facts.filled(one) for one in closings[: draw.below(4)]]
        top = [draw.pick(WORDS["tops"])] if draw.chance(_TOP) else []
        blocks = [
            top,
            *self._opening(head),
            self._table(),
            self._sums(),
            [*self._parties.bank(), *closing, *foot],
        ]
        gap = draw.pick(("\n", "\n", "\n\n"))
        lines = ["\n".join(line for line in block if line.strip()) for block in blocks]
        return as_read(gap.join(block for block in lines if block), draw), facts.gold

    def _opening(self, head: list[str]) -> list[list[str]]:
        """The blocks above the items: who sends it, its title, who pays, and its numbers and days."""
        draw = self._draw
        title, who, entries = self._title(), self._parties.customer(), self._entries()
        wide, over = 34 + draw.below(30), draw.shuffled([title, head])
        match draw.below(8):
            case 0 | 1:
                return [*over, beside(who, labelled(entries, draw), wide)]
            case 2:  # as bookkeeping programs print it: a few facts at the top right, the rest in a band
                few = draw.below(3)
                top = beside(head, [*title, *labelled(entries[:few], draw)], wide)
                return [top, who, band(entries[few:], draw)]
            case 3:  # three blocks abreast
                return [title, beside(beside(head, who, wide), labelled(entries, draw), 2 * wide)]
            case 4:  # both parties abreast, and a band below
                return [title, beside(head, who, wide), band(entries, draw)]
            case _:
                return [*over, *draw.shuffled([who, labelled(entries, draw)])]

    def _title(self) -> list[str]:
        """What it calls itself, at times with its number."""
        draw, facts = self._draw, self.facts
        title = draw.pick(facts.names["titles"])
        if facts.is_in_two and "/" not in title:
            title = " / ".join(draw.shuffled([title, draw.pick(ENGLISH["titles"])]))
        if self._has_number_in_title:
            title += draw.pick((" ", " #", " no. ", ": ", " Nr. ")) + facts.texts["invoice_number"]
        return [title]

    def _mail(self, template: str) -> tuple[str, dict[str, Any]]:
        """A mail's own words; what they do not say is not in its gold."""
        facts, said = self.facts, slots(template)
        gold = {name: value if name in said else None for name, value in facts.gold.items()}
        return facts.filled(template), gold | ({"currency": facts.code} if facts.is_signed_by_code else {})

    def _entries(self) -> list[Entry]:
        """Its number, its days and the order, among what is not asked."""
        draw, facts = self._draw, self.facts
        names = _NUMBERS[1:] if self._has_number_in_title else _NUMBERS
        names = [*names, "total"] if draw.chance(0.15) else names
        entries = [(facts.label(one), facts.texts[one]) for one in names if one in facts.texts]
        entries += [
            (facts.label(name), draw.pick(instead))
            for name, instead in WORDS["instead"].items()
            if name not in facts.texts and draw.chance(_INSTEAD)
        ]
        others = draw.shuffled(facts.names["others"])[: draw.below(5)]
        entries += [(draw.pick(names.split("|")), facts.of(kind)) for names, kind in others]
        return entries if draw.chance(0.4) else draw.shuffled(entries)

    def _table(self) -> list[str]:
        """The items: how many of each, the price of one, and what they come to."""
        draw, facts = self._draw, self.facts
        rows = [
            [name, str(count), facts.plain(price), facts.plain(count * price)]
            for name, count, price in facts.items
        ]
        rows.insert(0, list(draw.pick(facts.names["heads"])))
        if draw.chance(_RATED):
            for at, row in enumerate(rows):
                row.insert(3, f"{facts.rate:g}%" if at else draw.pick(("%", "VAT", "Tax")))
        if draw.chance(_CODED):
            for at, row in enumerate(rows):
                row.insert(0, facts.of("code") if at else draw.pick(("SKU", "Code", "Art.")))
        if draw.chance(_COUNTED):
            for at, row in enumerate(rows):
                row.insert(0, str(at or draw.pick(("#", "Pos", "No."))))
        rows = rows if draw.chance(0.85) else rows[1:]
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
                lines = [f"{row[0]:{wide}}" + "".join(f"{cell:>12}" for cell in row[1:]) for row in rows]
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
        named = [(facts.label(name), text) for name, text in entries]
        gap = between(draw)
        match draw.below(6):
            case 0:
                return [f"{label:>48}  {text:>14}" for label, text in named]
            case 1:
                return [f"| | | {label} | {text} |" for label, text in named]
            case 2:
                return [line for entry in named for line in entry]
            case 3:
                return band(named, draw)
            case _:
                return [f"{label}{gap}{text}" for label, text in named]
