"""The blocks of a made-up invoice that tell who sends it, who pays, and where the money goes."""

import re

from writers.invoice_facts import WORDS, InvoiceFacts
from writers.page_layout import beside

from thresher.adapters.training.draw import Draw

#: How often a block names a person, says how to reach a party, and has the customer's own tax number; and how
#: often goods go elsewhere and a bank is named.
_PERSON, _REACHED, _TAX_ID, _GOODS, _BANK = 0.15, 0.3, 0.15, 0.25, 0.4


class InvoiceParties:
    """Writes the lines of each party, with what the invoice's facts call it and the like of what is asked."""

    def __init__(self, facts: InvoiceFacts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw

    def supplier(self) -> tuple[list[str], list[str]]:
        """The lines of who sends it: those at the top, and those at the foot."""
        draw, facts = self._draw, self._facts
        where = self._where()
        tax_id = [facts.line("supplier_tax_id")] if "supplier_tax_id" in facts.texts else []
        if "supplier" not in facts.texts:  # a picture has its name
            return draw.pick(([], where)), tax_id
        name = facts.texts["supplier"]
        lines = [name, *where, *self._reached(name)]
        match draw.below(6):
            case 0:
                return [facts.label("supplier") + draw.pick((":", "")), *lines, *tax_id], []
            case 1:
                return [], [draw.pick((" | ", " · ", ", ")).join([*lines, *tax_id])]
            case 2:
                return [f"{facts.label('supplier')}: {name}", *where, *tax_id], []
            case 3:
                return lines, tax_id
            case _:
                return [*lines, *tax_id], []

    def customer(self) -> list[str]:
        """The lines of who pays, and at times of where the goods go."""
        draw, facts = self._draw, self._facts
        if "customer" not in facts.texts:
            return []
        name, label = facts.texts["customer"], facts.label("customer")
        person = [facts.of("person")] if draw.chance(_PERSON) else []
        rest = [*self._where(), *self._reached(name)]
        if draw.chance(_TAX_ID):
            rest.append(f"{facts.label('supplier_tax_id')} {facts.of('supplier_tax_id')}")
        match draw.below(5):
            case 0:
                block = [f"{label}: {name}", *draw.pick(([], rest))]
            case 1:
                block = [name, *person, *rest]
            case _:
                block = [label + draw.pick((":", "")), name, *person, *rest]
        if not draw.chance(_GOODS):
            return block
        other = draw.pick((name, facts.of("issuer"), facts.of("person")))
        goods = [facts.label("ship_to") + draw.pick((":", "")), other, *self._where()]
        return beside(block, goods, 26 + draw.below(20)) if draw.chance(0.6) else [*block, *goods]

    def bank(self) -> list[str]:
        """Where the money goes: an account is no IBAN, and a bank's code is none."""
        draw, facts = self._draw, self._facts
        lines = [facts.line("iban")] if "iban" in facts.texts else []
        if draw.chance(_BANK):
            code = f"{draw.pick(('BIC', 'SWIFT', 'BIC/SWIFT', 'SWIFT code'))}: {facts.of('bic')}"
            account = f"{draw.pick(WORDS['accounts'])} {facts.of('account')}"
            lines = [facts.of("bank"), *draw.shuffled([*(lines or [account]), code])]
        return [draw.pick((" - ", ", ", " · ")).join(lines)] if draw.chance(0.2) else lines

    def _where(self) -> list[str]:
        """A street and a town, at times in one line."""
        parts = [self._facts.of("street"), self._facts.of("town")]
        return [", ".join(parts)] if self._draw.chance(0.3) else parts

    def _reached(self, name: str) -> list[str]:
        """A site, an address or a number at which the party is reached."""
        draw = self._draw
        site = draw.pick(WORDS["sites"]).format(re.sub(r"\W+", "", name).lower())
        phone = f"{draw.pick(('Tel.', 'Phone:', 'T', 'Tel'))} {self._facts.of('phone')}"
        return draw.shuffled([site, phone])[: 1 + draw.below(2)] if draw.chance(_REACHED) else []
