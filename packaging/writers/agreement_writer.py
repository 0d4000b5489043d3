"""Writes a made-up confidentiality agreement around its facts, with the words of `agreement_words.yaml`."""

from datetime import date, timedelta
from textwrap import fill

from writers.agreement_facts import WORDS, Facts, Party
from writers.agreement_wording import Wording

from thresher.adapters.training.draw import Draw

#: How clauses are numbered and headed.
_NUMBERED: tuple[str, ...] = (
    "{number}. {heading}. {text}",
    "{number}. {HEADING}\n{text}",
    "{number}. {text}",
)
_NUMBERED += ("Section {number}. {heading}. {text}", "({number}) {text}", "{heading}\n{text}")


class Writer:
    """Writes one agreement: a head, an opening, clauses in any order, signatures, and its layout."""

    def __init__(self, facts: Facts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw
        self._used: set[str] = set()
        self._wording = Wording(facts, draw)
        kind = "deals" if facts.kind != "employee" else "employment"
        self._clauses = {**WORDS["common"], **WORDS[kind]}
        self._recitals = WORDS["recitals"][kind]

    def agreement(self) -> str:
        """The text."""
        head = self._letter_head() if self._facts.kind == "letter" else [self._title_line()]
        body = [*self._opening(), *self._sections(), *self._closing()]
        return self._laid_out([*self._exhibit(), *head], body, [*self._signatures(), *self._schedule()])

    def _exhibit(self) -> list[str]:
        draw = self._draw
        number = f"{draw.pick((10, 10, 99))}.{1 + draw.below(40)}"
        head = (
            f"EX-{number} {1 + draw.below(20)} d{100000 + draw.below(800000)}dex{number.replace('.', '')}.htm"
        )
        one = draw.pick(
            ([], [], [f"Exhibit {number}"], [f"{head} {self._wording.title.upper()}", f"Exhibit {number}"])
        )
        return [each.upper() if draw.chance(0.2) else each for each in one]

    def _title_line(self) -> str:
        return self._wording.title.upper() if self._draw.chance(0.7) else self._wording.title

    def _letter_head(self) -> list[str]:
        draw, facts = self._draw, self._facts
        sender, taker = facts.parties[0], facts.parties[-1]
        to = [
            self._wording.named(taker),
            *self._wording.address().split(", ", 1),
            f"Attention: {self._wording.slot('officer')}",
        ]
        day = [self._wording.day(facts.date)] if facts.date else ["__________, 20__"]
        letterhead = (
            [self._wording.named(sender).upper(), self._wording.address()] if draw.chance(0.5) else []
        )
        salutation = self._wording.filled(draw.pick(WORDS["salutation"]))
        title = [self._title_line()] if draw.chance(0.7) else []
        return [*letterhead, *draw.pick(([*day, *to], [*to, *day])), *title, salutation]

    def _opening(self) -> list[str]:
        facts, draw = self._facts, self._draw
        if facts.kind == "letter":
            return [self._wording.filled(draw.pick(WORDS["letter_openings"]))]
        ways = {"opening": "openings", "blank": "blank"}.get(facts.dated, "undated")
        opening = self._wording.filled(draw.pick(WORDS[ways][facts.kind]))
        recitals = [self._wording.filled(one) for one in draw.shuffled(self._recitals)[: draw.below(4)]]
        return [
            opening,
            *recitals,
            *([draw.pick(WORDS["therefore"])] if recitals or draw.chance(0.4) else []),
        ]

    def _sections(self) -> list[str]:
        """The clauses: law and term mostly in the last third, as agreements have them."""
        draw, facts = self._draw, self._facts
        abouts = draw.shuffled(sorted(self._clauses)) * 2
        count = 4 + draw.below(32)
        sections = [(self._heading(one), self._text_of(one)) for one in abouts[:count]]
        stated = [("law_headings", "states_law")]
        if facts.term or draw.chance(0.4):
            stated.append(("term_headings", "states_term" if facts.term else "states_no_term"))
        for headings, texts in stated:
            at = draw.below(len(sections) + 1) if draw.chance(0.2) else len(sections) - draw.below(4)
            sections.insert(at, (draw.pick(WORDS[headings]), self._wording.filled(draw.pick(WORDS[texts]))))
        form = draw.pick(_NUMBERED)
        return [
            form.format(number=number, heading=heading, HEADING=heading.upper(), text=text)
            for number, (heading, text) in enumerate(sections, 1)
        ]

    def _heading(self, about: str) -> str:
        return self._wording.filled(self._draw.pick(self._clauses[about]["headings"]))

    def _text_of(self, about: str) -> str:
        return self._wording.filled(self._fresh(self._clauses[about]["texts"]))

    def _fresh(self, items: list[str]) -> str:
        chosen = self._draw.pick([one for one in items if one not in self._used] or items)
        self._used.add(chosen)
        return chosen

    def _closing(self) -> list[str]:
        if self._facts.dated == "closing":
            return [self._wording.filled(self._draw.pick(WORDS["dated_closings"]))]
        if self._facts.kind == "letter":
            return [self._draw.pick(WORDS["closings"]["letter"])]
        return [self._draw.pick(WORDS["closings"]["plain"])] if self._draw.chance(0.9) else []

    def _signatures(self) -> list[str]:
        facts, draw = self._facts, self._draw
        signed = draw.chance(0.8) or facts.dated == "signature"
        day = facts.date if facts.dated == "signature" else None
        if facts.date and not day and draw.chance(0.15):  # signed some days before or after
            day = facts.date + timedelta(days=draw.below(12) - 3)
        blocks = [self._signature(party, signed, day) for party in facts.parties]
        if len(facts.parties) == 1:
            blocks.append([f"{self._wording.role.upper()}:", "____________________", "Print Name:", "Date:"])
        if facts.kind == "letter":
            agreed = draw.pick(("as of the date first written above:", "CONFIRMED AND AGREED:", "Accepted:"))
            blocks = [["Very truly yours,"], blocks[0], [agreed], *blocks[1:]]
        if len(blocks) == 2 and draw.chance(0.25):
            return _side_by_side(*blocks)
        return [line for block in blocks for line in block]

    def _signature(self, party: Party, signed: bool, day: date | None) -> list[str]:
        draw = self._draw
        officer = party.written if party.is_person else self._wording.slot("officer")
        hand = f"/s/ {officer.upper() if draw.chance(0.1) else officer}" if signed else "_" * 20
        name = party.written.upper() if draw.chance(0.5) else party.written
        title = draw.pick(WORDS["officer_title"])
        dated = [f"Date: {self._wording.signed_on(day)}"] if day else (["Date:"] if draw.chance(0.15) else [])
        if party.is_person:
            ways = (
                [hand, name],
                [f"{self._wording.role.upper()}: {name}", hand],
                [hand, f"Print Name: {name}"],
                [hand, f"{name}, {title}"],
            )
            return [*draw.pick(ways), *self._seat("Residing at:"), *dated]
        by = [f"By: {self._general_partner(party)}"] if party.is_partnership and draw.chance(0.6) else []
        signer = draw.pick(
            (
                [f"Name: {officer}", f"Title: {title}"],
                [f"Name: {officer}", f"Title: {title}"],
                [f"Title: {title}"],
                [officer, title],
                [f"{officer}, {title}"],
                ["Name:", officer, "Title:", title],
                [f"Print Name: {officer}", f"Its: {title}"],
            )
        )
        return [name, *by, f"By: {hand}", *signer, *self._seat("Address:"), *dated]

    def _general_partner(self, party: Party) -> str:
        return f"{party.first_word} GP, LLC, {self._draw.pick(('its', 'as'))} general partner"

    def _seat(self, told: str) -> list[str]:
        """Where one who signs is to be found, at times."""
        address = self._wording.address()
        return [told, *address.split(", ", 1)] if self._draw.chance(0.12) else []

    def _schedule(self) -> list[str]:
        """A list of other companies behind the signatures, at times."""
        if not self._draw.chance(0.15):
            return []
        form = self._draw.pick(("{at}. {name}", "{name}"))
        names = [self._wording.slot("adviser") for _ in range(2 + self._draw.below(7))]
        listed = [form.format(at=at, name=name) for at, name in enumerate(names, 1)]
        return [self._draw.pick(WORDS["schedules"]), *listed]

    def _laid_out(self, head: list[str], body: list[str], signatures: list[str]) -> str:
        draw = self._draw
        if draw.chance(0.7):
            width = 80 + draw.below(70)
            body = [
                "\n".join(fill(line, width, break_on_hyphens=False) for line in one.split("\n"))
                for one in body
            ]
        if draw.chance(0.3):  # the numbers of pages
            form = draw.pick(("{}", "-{}-", "Page {}", "Confidential\n{}"))
            for page, at in enumerate(range(5, len(body), 5), 1):
                body[at] = f"{form.format(page)}\n{body[at]}"
        apart = draw.pick(("\n", "\n", "\n\n"))
        text = apart.join(["\n".join(head), *body, "\n".join(signatures)])
        if draw.chance(0.4):
            text = text.translate({ord("“"): '"', ord("”"): '"', ord("’"): "'"})
        return text


def _side_by_side(left: list[str], right: list[str]) -> list[str]:
    """Two blocks of lines as two columns."""
    width = max(map(len, left)) + 6
    rows = max(len(left), len(right))
    left, right = left + [""] * (rows - len(left)), right + [""] * (rows - len(right))
    return [f"{one:{width}}{other}".rstrip() for one, other in zip(left, right, strict=True)]
