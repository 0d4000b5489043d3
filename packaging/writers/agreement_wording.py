"""The wording of a made-up confidentiality agreement: what its templates' slots say, the same all through."""

import re
from datetime import date

from writers.agreement_facts import WORDS, Facts, Length, Party, draw_company, draw_date, draw_person
from writers.form_parts import capital

from thresher.adapters.training.draw import Draw

_NUMBERS = {
    1: "one",
    2: "two",
    3: "three",
    4: "four",
    5: "five",
    6: "six",
    7: "seven",
    10: "ten",
    12: "twelve",
}
_NUMBERS |= {14: "fourteen", 15: "fifteen", 18: "eighteen", 24: "twenty-four", 30: "thirty", 36: "thirty-six"}
_NUMBERS |= {60: "sixty", 90: "ninety"}
#: Lengths of time that are not the term.
_SPANS: tuple[Length, ...] = (Length(1, "year"), Length(12, "month"), Length(18, "month"))
_SPANS += (
    Length(2, "year"),
    Length(6, "month"),
    Length(24, "month"),
    Length(3, "month"),
    Length(30, "day"),
    Length(3, "year"),
    Length(60, "day"),
)
#: Who gives and who gets the information, as an agreement between companies calls them.
_ROLES = (("the Disclosing Party", "the Receiving Party"),) * 3 + (("the Provider", "the Recipient"),)
#: What `you` wants another verb for.
_FOR_YOU = {"is": "are", "was": "were", "has": "have", "acknowledges": "acknowledge", "agrees": "agree"}
_FOR_YOU |= {"becomes": "become", "prepares": "prepare"}


class Wording:
    """Fills templates with the facts of one agreement, in the words that it has for them."""

    def __init__(self, facts: Facts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw
        self._info = draw.pick(WORDS["info"])
        self.role: str = draw.pick(WORDS["person_role"])
        self._upper_names = draw.chance(0.3)
        first = self._short(facts.parties[0])
        self._shorts = (first, self._short(facts.parties[-1], first))
        self._this = "this letter agreement" if facts.kind == "letter" else "this Agreement"
        self._giver, self._taker = self._roles()
        titles = facts.kind if facts.kind != "mutual" else draw.pick(("mutual", "one_way"))
        self.title: str = draw.pick(WORDS["titles"][titles])

    def _roles(self) -> tuple[str, str]:
        if self._facts.kind == "letter":
            return "the Company", "you"
        if self._facts.kind == "employee":
            return "the Company", self._draw.pick((self.role, f"the {self.role}"))
        return self._draw.pick((*_ROLES, (self._shorts[0], self._shorts[1])))

    def _short(self, party: Party, other: str = "") -> str:
        """What the agreement calls the party, which is not what it calls the other."""
        ways = (party.first_word,) * 3 + ("Company", "Recipient", "Discloser", "Participant")
        return self._draw.pick([one for one in ways if one != other])

    def filled(self, template: str) -> str:
        """The template with its slots filled. A capital slot begins with a capital, or is all in capitals."""
        while found := re.search(r"\{(\w+)\}", template):
            text = self.slot(found[1] if len(found[1]) == 1 else found[1].lower())
            if len(found[1]) > 1 and found[1].isupper():
                text = text.upper()
            elif found[1][0].isupper():
                text = capital(text)
            template = template[: found.start()] + text + template[found.end() :]
        if self._taker == "you":
            template = re.sub(
                rf"\b([Yy]ou) ({'|'.join(_FOR_YOU)})\b", lambda at: f"{at[1]} {_FOR_YOU[at[2]]}", template
            )
        return template

    def slot(self, name: str) -> str:
        """What a slot says: a fact of the agreement, something drawn, or one of that list of the words."""
        facts, draw = self._facts, self._draw
        match name:
            case "title":
                return self.title
            case "role":
                return self.role
            case "info" | "this" | "giver" | "taker":
                return str(getattr(self, f"_{name}"))
            case "takers":
                return "your" if self._taker == "you" else f"{self._taker}’s"
            case "A" | "B":
                return self._shorts["AB".index(name)]
            case "first":
                return self._described(facts.parties[0], *facts.parties[2:])
            case "second" if len(facts.parties) == 1:
                return str(draw.pick(WORDS["unnamed"]))
            case "second":
                return self._described(facts.parties[1])
            case "surname":
                return self.slot("last_name")
            case "date" if facts.date:
                return self.day(facts.date)
            case "day_of" if facts.date:
                return f"{_ordinal(facts.date.day)} day of {facts.date:%B}, {facts.date.year}"
            case "other_date":
                return self.day(draw_date(draw))
            case "term" if facts.term:
                return self._length(facts.term)
            case "span":
                return self._length(draw.pick(_SPANS))
            case "days":
                return self._count(draw.pick((2, 3, 5, 10, 14, 15, 30)))
            case "count":
                return str(draw.pick((10, 25, 50, 75, 100, 500)))
            case "adviser":
                return draw_company(draw).name
            case "officer":
                return draw_person(draw).written
            case "trade":
                return draw_company(draw).first_word
            case "address":
                return self.address()
            case "law":
                return facts.law
            case "the_state":
                return self._the_state()
            case _:
                return str(draw.pick(WORDS[name]))

    def named(self, party: Party) -> str:
        """The party's name as this agreement writes it."""
        return party.written.upper() if self._upper_names else party.written

    def _described(self, party: Party, *parents: Party) -> str:
        """The party as an opening names it: with what it is, its seat, and those above it."""
        name = self.named(party)
        if party.is_person or self._facts.kind == "letter":
            return name
        text = f"{name}, {party.what}" if self._draw.chance(0.65) else name
        if self._draw.chance(0.25):
            text += self.filled(self._draw.pick(WORDS["besides"]))
        if self._draw.chance(0.3):
            text += f", having its principal place of business at {self.address()}"
        return text + "".join(f", and its parent, {self.named(one)}, {one.what}" for one in parents)

    def _the_state(self) -> str:
        law = self._facts.law
        if law in WORDS["stateless"]:
            return law
        if law in WORDS["provinces"]:
            return f"the Province of {law}"
        return f"the {'Commonwealth' if law in WORDS['commonwealths'] else 'State'} of {law}"

    def address(self) -> str:
        """A street, a city and what stands for a post code."""
        draw = self._draw
        street = f"{1 + draw.below(9900)} {draw.pick(WORDS['street'])} {draw.pick(WORDS['road'])}"
        return f"{street}, {draw.pick(WORDS['city'])} {10000 + draw.below(89000)}"

    def day(self, day: date) -> str:
        """The day, written out."""
        plain = f"{day:%B} {day.day}, {day.year}"
        ordinal = f"{day:%B} {_ordinal(day.day)}, {day.year}"
        return self._draw.pick((plain,) * 8 + (ordinal, f"{day.day} {day:%B} {day.year}"))

    def signed_on(self, day: date) -> str:
        """The day as one who signs writes it."""
        short = f"{day.month}/{day.day}/{day:%y}"
        return self._draw.pick(
            (short, f"{day.month}/{day.day}/{day.year}", f"{day:%B} {day.day}, {day.year}")
        )

    def _length(self, length: Length) -> str:
        return f"{self._count(length.number)} {str(length).split()[1]}"

    def _count(self, number: int) -> str:
        word = _NUMBERS.get(number)
        return self._draw.pick((f"{word} ({number})", word, str(number))) if word else str(number)


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
