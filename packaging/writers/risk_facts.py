"""What a made-up contract states of its risks: each as a risk, as a near miss of one, or not at all."""

from dataclasses import dataclass, field
from typing import Any, Literal

from writers.form_parts import capital
from writers.page_layout import Entry
from writers.risk_parties import WORDS
from writers.risk_values import RiskValues

from thresher.adapters.training.draw import Draw

State = Literal["stated", "near", "silent"]

#: The fields that a clause states, and those of them whose value is true or false.
CLAUSES = (
    "auto_renewal",
    "unilateral_change",
    "uncapped_liability",
    "liability_cap",
    "indemnity",
    "termination_fee",
    "late_payment_interest",
    "exclusivity",
    "governing_law",
)
FLAGS = ("auto_renewal", "unilateral_change", "uncapped_liability", "indemnity", "exclusivity")
#: Those whose sentences put nobody at risk.
HARMLESS = ("liability_cap", "governing_law")
#: How often a contract states each risk: of these one is drawn, so that some have many and some few.
_SHARES = (0.2, 0.4, 0.45, 0.5, 0.5, 0.6, 0.6, 0.7, 0.85)
#: What is rarer than other risks is stated so much less often.
_RARER = {
    "uncapped_liability": 0.4,
    "exclusivity": 0.55,
    "unilateral_change": 0.65,
    "termination_fee": 0.65,
    "indemnity": 0.7,
}
#: How often the law and the cap are stated, and what is no risk has a near miss.
_LAW, _CAP, _NEAR = 0.6, 0.45, 0.6
#: How often a near miss stands beside a risk, a renewal names no notice, and a cap has another above it.
_BESIDE, _NO_NOTICE, _OVER = 0.3, 0.22, 0.4
#: How often a sentence states two risks where some could.
_PAIR = 0.2
#: How often a sentence has another beginning, and another end.
_LEAD, _TAIL = 0.12, 0.08


@dataclass
class Clause:
    """Sentences under a heading, those of them that state a risk, and the values that they state."""

    heading: str
    sentences: list[str]
    risks: list[str] = field(default_factory=list)
    gold: dict[str, Any] = field(default_factory=dict)

    def in_capitals(self) -> None:
        """All of it in capitals, as contracts have what they want to be seen."""
        self.sentences = [one.upper() for one in self.sentences]
        self.risks = [one.upper() for one in self.risks]
        self.gold = {
            name: value.upper() if isinstance(value, str) else value for name, value in self.gold.items()
        }


class RiskFacts(RiskValues):
    """One contract's risks, and the words that tell of them. What is written is its gold."""

    def __init__(self, words: dict[str, Any], draw: Draw, is_short: bool, is_form: bool) -> None:
        super().__init__(words, draw, is_form)
        share = draw.pick(_SHARES) * (0.55 if is_short else 1)
        near = _NEAR * (0.4 if is_short else 1)
        chances = {name: share * _RARER.get(name, 1) for name in CLAUSES}
        chances |= {"governing_law": _LAW, "liability_cap": _CAP}
        if is_short:
            chances |= {"governing_law": 0.45, "liability_cap": 0.25}
        self.states: dict[str, State] = {
            name: "stated" if draw.chance(chances[name]) else "near" if draw.chance(near) else "silent"
            for name in CLAUSES
        }
        self._has_notice = not draw.chance(_NO_NOTICE)
        self._is_over = draw.chance(_OVER)
        self._used: set[str] = set()
        self.gold: dict[str, Any] = {"counterparty": None, "auto_renewal": False, "renewal_notice": None}
        self.gold |= {name: False if name in FLAGS else None for name in CLAUSES[1:]} | {"risky_clauses": []}

    def say(self, clause: Clause) -> None:
        """Takes what a clause of the text states into the gold."""
        self.gold |= clause.gold
        self.gold["risky_clauses"] += clause.risks

    def clause(self, name: str) -> Clause | None:
        """The clause on a field, or None where nothing is said of it."""
        state, words = self.states[name], WORDS[name]
        if state == "silent":
            return None
        clause = Clause(self._draw.pick(words["headings"]), [])
        self._add(clause, name, self._wordings(name) if state == "stated" else words["near"], state)
        compatible = [one for one in words["near"] if one.startswith("+")]
        if state == "stated" and compatible and self._draw.chance(_BESIDE):
            beside = Clause("", [])
            self._add(beside, name, compatible, "near")
            clause.sentences = self._draw.pick(
                (beside.sentences + clause.sentences, clause.sentences + beside.sentences)
            )
        return clause

    def _wordings(self, name: str) -> list[str]:
        """The wordings that go with what else the contract states."""
        words = WORDS[name]
        if name == "auto_renewal":
            return list(words["stated" if self._has_notice else "silent_notice"])
        if name == "liability_cap":
            if self.states["uncapped_liability"] == "stated":
                return list(words["supplier"])
            return list(words[self._draw.pick(("supplier", "supplier", "supplier", "mutual", "customer"))])
        return list(words["stated"])

    def over_cap(self) -> Clause | None:
        """The customer's liability beyond the cap, told right behind the cap, where the contract has both."""
        both = {self.states["liability_cap"], self.states["uncapped_liability"]} == {"stated"}
        if not (both and self._is_over):
            return None
        clause = Clause("", [])
        self._add(clause, "uncapped_liability", WORDS["uncapped_liability"]["over_cap"], "stated")
        return clause

    def pair(self, names: list[str]) -> tuple[list[str], Clause] | None:
        """A clause that states two of the fields in a sentence, at times, with the two."""
        pairs = [pair for pair in WORDS["pairs"] if self._are_stated(pair.split(), names)]
        if not pairs or not self._draw.chance(_PAIR):
            return None
        pair = self._draw.pick(pairs)
        first, second = pair.split()
        clause = Clause(self._draw.pick(WORDS[first]["headings"]), [])
        self._add(clause, first, WORDS["pairs"][pair], "stated")
        clause.gold |= {second: True} if second in FLAGS else {}
        return [first, second], clause

    def _are_stated(self, pair: list[str], names: list[str]) -> bool:
        has_notice = "auto_renewal" not in pair or self._has_notice
        return has_notice and all(one in names and self.states[one] == "stated" for one in pair)

    def _add(self, clause: Clause, name: str, wordings: list[str], state: State) -> None:
        self.stated.clear()
        template = self._fresh(wordings).removeprefix("+")
        for part in template.split(" || "):
            sentence = self._sentence(part.removeprefix("-"))
            clause.sentences.append(sentence)
            if state == "stated" and name not in HARMLESS and not part.startswith("-"):
                clause.risks.append(sentence)
        if state == "stated":
            clause.gold |= self._now_stated(name)

    def _now_stated(self, name: str) -> dict[str, Any]:
        """What the wording of a field that was filled last states."""
        return self.stated | ({name: True} if name in FLAGS else {})

    def _sentence(self, template: str) -> str:
        """The template as a sentence, at times with another beginning or end."""
        draw = self._draw
        if template.startswith("{") and draw.chance(_LEAD):
            template = f"{draw.pick(WORDS['leads'])} {template.replace('_cap}', '}', 1)}"
        if draw.chance(_TAIL):
            template = f"{template.removesuffix('.')}{draw.pick(WORDS['tails'])}."
        return capital(self.filled(template))

    def entry(self, name: str) -> Entry | None:
        """The field as a label and its value, which the gold then has; None where nothing is said of it."""
        state = self.states[name]
        if state == "silent":
            return None
        labels = WORDS[name]["labels" if state == "stated" else "near_labels"]
        if name == "auto_renewal" and state == "stated":
            labels = [one for one in labels if ("{notice" in one) == self._has_notice]
        entry = self.labelled(labels)
        if state == "stated":
            self.gold |= self._now_stated(name)
        return entry

    def labelled(self, labels: list[str]) -> Entry:
        """One of the wordings of a label and its value."""
        self.stated.clear()
        label, _, value = self._fresh(labels).partition(" = ")
        return capital(self.filled(label)), self.filled(value)

    def filler(self, about: str = "") -> Clause:
        """A clause that states no risk, on the subject if one is named."""
        draw = self._draw
        titles = [one for one in WORDS["fillers"] if one.split("|")[0] == about] or list(WORDS["fillers"])
        title = draw.pick([one for one in titles if about or one not in self._used] or titles)
        self._used.add(title)
        fresh = [one for one in WORDS["fillers"][title] if one not in self._used]
        chosen = draw.shuffled(fresh)[: 1 if about else draw.pick((1, 1, 2, 2, 3))]
        self._used.update(chosen)
        return Clause(draw.pick(title.split("|")), [capital(self.filled(one)) for one in chosen])

    def _fresh(self, wordings: list[str]) -> str:
        chosen = self._draw.pick([one for one in wordings if one not in self._used] or wordings)
        self._used.add(chosen)
        return chosen
