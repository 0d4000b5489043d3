"""What a made-up confidentiality agreement is to state: its parties, date, law and term."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("agreement_words.yaml").read_text("utf-8"))

Kind = Literal["mutual", "letter", "employee"]
#: Where the date stands: a blank stands for none, and "nowhere" has not even that.
Dated = Literal["opening", "closing", "signature", "blank", "nowhere"]

_KINDS: tuple[Kind, ...] = ("employee",) * 9 + ("mutual",) * 7 + ("letter",) * 4
_DATED: dict[Kind, tuple[Dated, ...]] = {
    "employee": ("opening",) * 10 + ("signature",) * 3 + ("closing",) + ("blank",) * 3 + ("nowhere",) * 3,
    "mutual": ("opening",) * 12 + ("closing",) * 3 + ("blank",) * 2 + ("nowhere",) * 3,
    "letter": ("opening",) * 12 + ("blank",),
}
#: Where companies are of: what is neither a country nor a province.
_STATES = [law for law in WORDS["law"] if law not in (*WORDS["stateless"], *WORDS["provinces"])]
#: How often an agreement states for how long it binds.
_WITH_TERM: dict[Kind, float] = {"employee": 0.15, "mutual": 0.65, "letter": 0.6}
_TERMS: tuple[tuple[int, str], ...] = (
    ((2, "year"),) * 8 + ((3, "year"),) * 5 + ((1, "year"),) * 4 + ((5, "year"),) * 3
)
_TERMS += ((18, "month"),) * 3 + ((12, "month"),) * 2 + ((6, "month"), (24, "month"), (36, "month"))
_TERMS += ((7, "year"), (10, "year"), (90, "day"), (4, "year"))
#: How often a form leaves the second party to be filled in, and how often there are three.
_UNNAMED: dict[Kind, float] = {"employee": 0.2, "mutual": 0.04, "letter": 0.0}
_THREE = 0.07
#: How often a person's name has something behind it.
_WITH_SUFFIX = 0.08


@dataclass(frozen=True)
class Party:
    """One that is bound, and what it is: `a Delaware corporation`.

    `suffix` is what stands behind a person's name: `, M.D.`.
    """

    name: str
    is_person: bool
    what: str
    suffix: str = ""

    @property
    def written(self) -> str:
        """The name as agreements have it."""
        return self.name + self.suffix

    @property
    def first_word(self) -> str:
        """What it is called for short."""
        return self.name.split()[0].strip(",")

    @property
    def is_partnership(self) -> bool:
        """Whether a general partner signs for it."""
        return self.name.endswith(("L.P.", " LP"))

    @property
    def label(self) -> str:
        """The name as labels have it: without commas and a suffix, and with no points in what it is."""
        return self.name.replace(",", "").replace("L.P.", "LP").replace("L.L.C.", "LLC")


@dataclass(frozen=True)
class Length:
    """A length of time."""

    number: int
    unit: str

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


@dataclass(frozen=True)
class Facts:
    """What an agreement states. Of a form that is yet to be filled in there is no second party."""

    kind: Kind
    parties: tuple[Party, ...]
    dated: Dated
    date: date | None
    law: str
    term: Length | None

    def gold(self) -> dict[str, Any]:
        """The record, by the fields of legal/nda."""
        return {
            "effective_date": self.date.isoformat() if self.date else None,
            "jurisdiction": self.law,
            "term": str(self.term) if self.term else None,
            "party": [party.label for party in self.parties],
        }


def draw_facts(draw: Draw) -> Facts:
    """What an agreement is to state."""
    kind = draw.pick(_KINDS)
    dated = draw.pick(_DATED[kind])
    parties = [draw_company(draw)]
    if not draw.chance(_UNNAMED[kind]):
        parties.append(draw_person(draw) if kind == "employee" else draw_company(draw))
        if kind != "letter" and draw.chance(_THREE):
            parties.append(draw_company(draw))
    return Facts(
        kind=kind,
        parties=tuple(parties),
        dated=dated,
        date=draw_date(draw) if dated not in ("blank", "nowhere") else None,
        law=draw.pick(WORDS["law"]),
        term=Length(*draw.pick(_TERMS)) if draw.chance(_WITH_TERM[kind]) else None,
    )


def draw_company(draw: Draw) -> Party:
    """A company with a made-up name."""
    state = draw.pick(_STATES)
    ending, what = draw.pick(
        ((draw.pick(WORDS["corporations"]), f"a {state} corporation"),) * 8
        + ((draw.pick(WORDS["partnerships"]), f"a {state} limited liability company"),) * 2
        + ((draw.pick(WORDS["foreign"]), "a company organised under the laws of its seat"),)
    )
    first = draw.pick(WORDS["company_first"]) + draw.pick(WORDS["company_second"])
    if draw.chance(0.12):
        first = draw.pick(WORDS["company_initials"])
    business = draw.pick(WORDS["business"])
    middle = draw.pick((f" {business}",) * 6 + ("", f" & {draw.pick(WORDS['last_name'])}", f" {business}"))
    if not middle and not ending:
        middle = f" {business}"
    return Party(f"{first}{middle}{ending}", is_person=False, what=what)


def draw_person(draw: Draw) -> Party:
    """A person with a made-up name."""
    initial = f"{draw.pick(WORDS['initial'])} " if draw.chance(0.4) else ""
    name = f"{draw.pick(WORDS['first_name'])} {initial}{draw.pick(WORDS['last_name'])}"
    suffix = draw.pick(WORDS["suffix"]) if draw.chance(_WITH_SUFFIX) else ""
    return Party(name, is_person=True, what="an individual", suffix=suffix)


def draw_date(draw: Draw) -> date:
    """A day from 1996 to 2025."""
    return date(1996, 1, 1) + timedelta(days=draw.below(30 * 365))
