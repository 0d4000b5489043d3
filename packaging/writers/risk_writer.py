"""Writes a made-up short contract around its risks: clauses, terms of a web page, a mail, an order form."""

import re
from typing import Any

from writers.page_layout import Entry, as_read, labelled, wrapped
from writers.risk_facts import CLAUSES, Clause, RiskFacts
from writers.risk_frame import RiskFrame
from writers.risk_parties import WORDS

from thresher.adapters.training.draw import Draw

#: The most characters of a contract, and how many are aimed at.
MOST = 2900
_LENGTHS = (350, 600, 900, 1100, 1300, 1500, 1700, 1900, 2100, 2300, 2600)
#: Contracts drawn for one that is not too long.
_TRIES = 30
_LAYOUTS = ("clauses",) * 6 + ("plain",) * 3 + ("web",) * 2 + ("mail",) * 2 + ("form",) * 4
#: What a filler of a clause's own heading is on.
_RELATED = {
    "auto_renewal": ("Termination", "General"),
    "unilateral_change": ("Fees", "Notices"),
    "uncapped_liability": ("Use", "Insurance"),
    "liability_cap": ("Warranty", "Insurance"),
    "indemnity": ("Intellectual property", "Insurance"),
    "termination_fee": ("Termination",),
    "late_payment_interest": ("Fees",),
    "exclusivity": ("Delivery", "Compliance"),
    "governing_law": ("General",),
}
#: How often a clause has a filler beside, two stand under one heading, liability is in capitals, lines are
#: broken, a page has a head or foot, a field of a form has a label and quotes are curly.
_RELATED_SHARE, _JOINED, _UPPER, _BROKEN, _RUNNING = 0.35, 0.12, 0.2, 0.4, 0.15
_LABELLED, _CURLY = 0.65, 0.45
_NUMBERED = (
    "{n}. {heading}. {text}",
    "{n}. {HEADING}\n{text}",
    "{n}. {text}",
    "{n}) {text}",
    "Section {n}. {heading}. {text}",
    "§ {n} {heading}\n{text}",
    "Article {n} - {heading}\n{text}",
    "{n} {heading}\n{parts}",
    "{n}. {HEADING}\n{parts}",
    "{n}.0 {heading}\n{text}",
    "Clause {n}: {text}",
)


class RiskWriter:
    """Writes one contract. Its gold is what its clauses and its labelled lines say."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._words, self._draw = words, draw
        self._layout = draw.pick(_LAYOUTS)
        self._aim = draw.pick(_LENGTHS)

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold."""
        for _ in range(_TRIES):
            self.facts = RiskFacts(self._words, self._draw, self._aim < 800, self._layout == "form")
            text = self._form() if self._layout == "form" else self._contract()
            if len(text) <= MOST:
                break
        else:
            raise ValueError(f"no contract of {MOST} characters or fewer in {_TRIES} tries")
        gold = self.facts.gold
        if self._draw.chance(_CURLY):
            gold = {
                name: [_curly(one) for one in value] if isinstance(value, list) else _curly(value)
                for name, value in gold.items()
            }
            text = _curly(text)
        return text, gold

    def _contract(self) -> str:
        draw, facts, frame = self._draw, self.facts, RiskFrame(self.facts, self._draw)
        if self._layout == "mail":
            head, tail = frame.mail_head(), frame.mail_tail()
        else:
            head, tail = frame.head(self._layout == "web"), frame.signatures(self._layout != "web")
        said = sum(map(len, (*head, *tail)))
        clauses = self._filled_up(self._clauses(list(CLAUSES)), said)
        for clause in clauses:
            facts.say(clause)
        body = self._laid(clauses)
        if self._layout != "mail" and draw.chance(_RUNNING):
            form = draw.pick(WORDS["running"])
            for page, at in enumerate(range(2, len(body), 4), 1):
                body[at] = f"{facts.filled(form.replace('{page}', str(page)))}\n{body[at]}"
        apart = draw.pick(("\n", "\n\n", "\n\n"))
        return apart.join([*self._broken(head), *body, *tail])

    def _clauses(self, names: list[str]) -> list[Clause]:
        """The clauses on the fields, in an order that contracts have."""
        draw, facts = self._draw, self.facts
        ordered = draw.shuffled(names)
        if draw.chance(0.7):  # the law comes last
            ordered.sort(key=lambda name: name == "governing_law")
        pair = facts.pair(names)
        clauses: list[Clause] = []
        ordered = [name for name in ordered if not pair or name not in pair[0]]
        over = facts.over_cap() if {"liability_cap", "uncapped_liability"} <= set(ordered) else None
        upper = self._layout != "mail" and draw.chance(_UPPER)
        for name in ordered:
            if name == "uncapped_liability" and over:
                continue
            clause = facts.clause(name)
            if clause is None:
                continue
            if name == "liability_cap" and over:
                clause = _joined(clause, over)
            if draw.chance(_RELATED_SHARE):
                beside = facts.filler(draw.pick(_RELATED[name]))
                beside.heading = clause.heading
                clause = draw.pick((_joined(clause, beside), _joined(beside, clause)))
            if upper and name in ("liability_cap", "uncapped_liability", "indemnity"):
                clause.in_capitals()
            clauses.append(clause)
        if pair:
            clauses.insert(draw.below(len(clauses) + 1), pair[1])
        return clauses

    def _filled_up(self, clauses: list[Clause], said: int) -> list[Clause]:
        """The clauses among others, as many as the contract has room for."""
        draw = self._draw
        said += sum(len(one) for clause in clauses for one in (clause.heading, *clause.sentences))
        while said < self._aim:
            filler = self.facts.filler()
            if not filler.sentences:
                break
            said += sum(len(one) + 4 for one in (filler.heading, *filler.sentences))
            clauses.insert(draw.below(len(clauses) + 1), filler)
        for at in reversed(range(len(clauses) - 1)):
            if draw.chance(_JOINED):
                clauses[at : at + 2] = [_joined(*clauses[at : at + 2])]
        return clauses

    def _laid(self, clauses: list[Clause]) -> list[str]:
        draw = self._draw
        match self._layout:
            case "clauses":
                form = draw.pick(_NUMBERED)
                return self._broken([_numbered(form, n, one) for n, one in enumerate(clauses, 1)])
            case "web":
                mark, apart = draw.pick(("## ", "### ", "**")), draw.pick(("\n", "\n\n"))
                end = "**" if mark == "**" else ""
                return [f"{mark}{one.heading}{end}{apart}{' '.join(one.sentences)}" for one in clauses]
            case "mail":
                mark = draw.pick(("- ", "* ", "• ", "", "– "))
                with_headings = draw.chance(0.4)
                lines = [
                    f"{mark}{f'{one.heading}: ' if with_headings else ''}{' '.join(one.sentences)}"
                    for one in clauses
                ]
                return ["\n".join(self._broken(lines))] if mark else self._broken(lines)
            case _:
                with_headings = draw.chance(0.4)
                return self._broken(
                    [
                        (f"{one.heading}\n" if with_headings else "") + " ".join(one.sentences)
                        for one in clauses
                    ]
                )

    def _form(self) -> str:
        """Key terms as labelled values, with clauses below."""
        draw, facts, frame = self._draw, self.facts, RiskFrame(self.facts, self._draw)
        entries: list[Entry] = []
        with_labels = [name for name in CLAUSES if draw.chance(_LABELLED)]
        if facts.over_cap():
            with_labels = [
                name for name in with_labels if name not in ("liability_cap", "uncapped_liability")
            ]
        for name in with_labels:
            entry = facts.entry(name)
            entries += [entry] if entry else []
        for _ in range(2 + draw.below(6)):
            entry = facts.labelled(WORDS["filler_labels"])
            if entry[0] not in {label for label, _ in entries}:
                entries.insert(draw.below(len(entries) + 1), entry)
        entries = frame.labels() + (entries if draw.chance(0.5) else draw.shuffled(entries))
        match draw.below(6):
            case 0:
                lines = [f"| {label} | {value} |" for label, value in entries]
            case 1:
                mark = draw.pick(("- ", "* ", "• "))
                lines = [f"{mark}{label}: {value}" for label, value in entries]
            case 2 | 3:
                lines = [f"{label}: {value}" for label, value in entries]
            case _:
                lines = labelled(entries, draw)
        table = as_read("\n".join(lines), draw)
        clauses = self._clauses([name for name in CLAUSES if name not in with_labels])
        if draw.chance(0.75):
            clauses = self._filled_up(clauses, len(table))
        for clause in clauses:
            facts.say(clause)
        form = draw.pick((*_NUMBERED, "{text}", "- {text}"))
        body = self._broken([_numbered(form, n, one) for n, one in enumerate(clauses, 1)])
        special = [draw.pick(("Terms", "Special terms", "Conditions", "Further terms"))] if body else []
        return draw.pick(("\n", "\n\n")).join(
            [draw.pick(WORDS["forms"]), table, *special, *body, *frame.signatures()]
        )

    def _broken(self, paragraphs: list[str]) -> list[str]:
        """The paragraphs, at times in lines as a page has them."""
        if not self._draw.chance(_BROKEN):
            return paragraphs
        wide = 60 + self._draw.below(41)
        return [wrapped(one, wide) for one in paragraphs]


def _joined(first: Clause, second: Clause) -> Clause:
    """Both under the heading of the first."""
    return Clause(
        first.heading or second.heading,
        first.sentences + second.sentences,
        first.risks + second.risks,
        first.gold | second.gold,
    )


def _numbered(form: str, number: int, clause: Clause) -> str:
    parts = "\n".join(f"{number}.{at} {one}" for at, one in enumerate(clause.sentences, 1))
    heading = clause.heading
    text = " ".join(clause.sentences)
    return form.format(n=number, heading=heading, HEADING=heading.upper(), text=text, parts=parts)


def _curly(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return re.sub(r'"([^"]*)"', r"“\1”", value).replace("'", "’")
