"""What stands around the clauses of a made-up contract: its title, its parties, signatures, a mail's ends."""

import re

from writers.page_layout import Entry
from writers.risk_facts import RiskFacts
from writers.risk_parties import WORDS

from thresher.adapters.training.draw import Draw

#: How often there is a title, one in capitals, the supplier's name above it, and signatures.
_TITLED, _UPPER, _ABOVE, _SIGNED = 0.85, 0.45, 0.12, 0.35
#: How often a mail has a line of its sender and one of its reader, and the firm stands below its end.
_FROM, _TO, _FIRM = 0.6, 0.5, 0.7
_BY = ("By: ", "____________ ", "Name: ", "Signed: ", "/s/ ")


class RiskFrame:
    """Writes them. Where the supplier is named, the gold has its name."""

    def __init__(self, facts: RiskFacts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw
        if facts.is_named:
            facts.gold["counterparty"] = facts.supplier

    def head(self, is_web: bool) -> list[str]:
        """The title, and who contracts with whom."""
        draw, facts = self._draw, self._facts
        title = facts.filled("{title}")
        title = title.upper() if draw.chance(_UPPER) else title
        title = f"# {title}" if is_web and draw.chance(0.7) else title
        lines = [title] if draw.chance(_TITLED) else []
        if facts.is_named and draw.chance(_ABOVE):
            lines.insert(0, facts.supplier)
        which = "alone" if is_web else draw.pick(("both", "both", "alone"))
        return [*lines, self._sentences(WORDS["openings"][which if facts.is_named else "unnamed"])]

    def signatures(self, is_signed: bool = True) -> list[str]:
        """Who signs for each party, at times."""
        draw, facts = self._draw, self._facts
        if not (is_signed and draw.chance(_SIGNED)):
            return []
        blocks = [
            f"{self._line(WORDS['signed'][one])}\n{draw.pick(_BY)}{facts.of('person')}"
            for one in draw.shuffled(["supplier", "customer"] if facts.is_named else ["customer"])
        ]
        return [facts.filled("Signed on {date}."), *blocks] if draw.chance(0.2) else blocks

    def labels(self) -> list[Entry]:
        """The parties as labelled values."""
        facts = self._facts
        parties = [(self._line(WORDS["labels_customer"]), facts.customer)]
        if facts.is_named:
            parties.append((self._line(WORDS["labels_supplier"]), facts.supplier))
        return self._draw.shuffled(parties)

    def mail_head(self) -> list[str]:
        """The lines above a mail, its greeting and its first sentences."""
        draw, facts, mail = self._draw, self._facts, WORDS["mail"]
        lines = [f"Subject: {self._line(mail['subjects'])}"]
        if draw.chance(_FROM):
            domain = re.sub(r"\W+", "", facts.supplier.split()[0]).lower() if facts.is_named else "mail"
            lines = [f"From: sales@{domain}.example", *lines]
        if draw.chance(_TO):
            lines.insert(len(lines) - 1, f"To: {facts.of('person')}")
        start = self._line(mail["starts" if facts.is_named else "unnamed_starts"])
        return ["\n".join(lines), self._line(mail["greetings"]), start]

    def mail_tail(self) -> list[str]:
        """The last sentence of a mail, and who sends it."""
        draw, facts, mail = self._draw, self._facts, WORDS["mail"]
        firm = f"\n{facts.supplier}" if facts.is_named and draw.chance(_FIRM) else ""
        return [self._line(mail["ends"]), f"{draw.pick(mail['partings'])}\n{facts.of('person')}{firm}"]

    def _line(self, wordings: list[str]) -> str:
        return self._facts.filled(self._draw.pick(wordings))

    def _sentences(self, wordings: list[str]) -> str:
        text = self._line(wordings)
        return " ".join(one[:1].upper() + one[1:] for one in text.split(" || "))
