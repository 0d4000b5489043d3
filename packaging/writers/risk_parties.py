"""The parties of a made-up contract, and what it calls them and itself, with words of `risk_words.yaml`."""

import re
from pathlib import Path
from typing import Any

import yaml
from writers.agreement_facts import WORDS as NAMES
from writers.form_parts import capital, filled

from thresher.adapters.training.draw import Draw


def _lines(words: Any) -> Any:
    """The words, each block of wordings as a list."""
    if isinstance(words, dict):
        return {name: _lines(one) for name, one in words.items()}
    return words.strip().split("\n") if isinstance(words, str) and "\n" in words else words


WORDS: dict[str, Any] = _lines(yaml.safe_load(Path(__file__).with_name("risk_words.yaml").read_text("utf-8")))

#: How often the supplier is named, says `we`, goes by the first word of its name; a name has no legal form.
_NAMED, _WE, _SHORT, _BARE = 0.85, 0.3, 0.2, 0.25
#: How often the customer is `you`: where the supplier is `we`, and where it is not.
_YOU, _YOU_ALONE = 0.92, 0.1
#: How often a contract says `will` where others say `shall`.
_WILL = 0.35
#: What stands behind a plural subject until the verb goes with it.
_PLURAL = "\x01"
_VERBS: dict[str, str] = {one: one[:-1] for one in WORDS["verbs"]} | WORDS["plural_verbs"]
_PLURAL_VERB = re.compile(rf"{_PLURAL} ({'|'.join(_VERBS)})\b")
#: What `your` and `our` say shorter.
_OF_US, _POSSESSIVES = re.compile(r"\b([Tt])he (\w+) of (you|us)\b"), {"you": "your", "us": "our"}
_PLURAL_CONTRACTS = ("terms", "rules", "conditions", "terms of service")


class RiskParties:
    """Who contracts with whom. In a form nobody is `we` or `you`."""

    def __init__(self, words: dict[str, Any], draw: Draw, is_form: bool) -> None:
        self._draw, self._words = draw, words
        self._kind = WORDS["kinds"][draw.pick(list(WORDS["kinds"]))]
        self.supplier, self.customer = self._company(), self._company()
        while self.customer.split()[0] == self.supplier.split()[0]:
            self.customer = self._company()
        self.is_named = draw.chance(_NAMED)
        is_we = not is_form and draw.chance(_WE)
        is_you = not is_form and draw.chance(_YOU if is_we else _YOU_ALONE)
        self._says_will = draw.chance(_WILL)
        article = draw.pick(("", "the "))
        self._slots = self._of_supplier(article, is_we) | self._of_customer(article, is_you)
        self._slots |= self._of_contract(is_you)

    def _of_supplier(self, article: str, is_we: bool) -> dict[str, str]:
        draw, role = self._draw, str(self._draw.pick(self._kind["S"]))
        called = article + role
        if self.is_named and draw.chance(_SHORT):
            called = self.supplier.split()[0].strip(",")
        names = {"supplier": self.supplier, "S_name": role}
        if is_we:
            defined = draw.pick(('"we" or "us"', '"we", "us" or "our"', '"we"'))
            return names | {"S": f"we{_PLURAL}", "So": "us", "Ss": "our", "Sit": "our", "Sdef": defined}
        slots = {"S": called, "So": called, "Ss": f"{called}'s", "Sit": "its", "Sdef": self._defined(called)}
        return names | slots

    def _of_customer(self, article: str, is_you: bool) -> dict[str, str]:
        draw, kind = self._draw, self._kind
        role = draw.pick([one for one in kind["C"] if one not in kind["S"]])
        names = {"customer": self.customer, "C_name": role}
        if is_you:
            defined = draw.pick(('"you"', '"you" or "your"'))
            return names | {"C": f"you{_PLURAL}", "Cs": "your", "Cit": "your", "Cdef": defined}
        called = article + role
        return names | {"C": called, "Cs": f"{called}'s", "Cit": "its", "Cdef": self._defined(called)}

    def _of_contract(self, is_you: bool) -> dict[str, str]:
        draw, kind = self._draw, self._kind
        called = str(draw.pick(WORDS["short_contract"] if is_you and draw.chance(0.5) else kind["A"]))
        is_plural = called.lower().endswith(_PLURAL_CONTRACTS)
        fees = str(draw.pick(kind["fees"]))
        title = draw.pick(WORDS["we_titles"] if is_you else kind["title"])
        slots = {"A": called + _PLURAL * is_plural, "fees": fees, "fees_bare": fees.removeprefix("the ")}
        thing = draw.pick(kind["thing"])
        item = thing if kind.get("is_item") else draw.pick(WORDS["items"])
        return slots | {"thing": thing, "item": item, "title": title}

    def _defined(self, called: str) -> str:
        """The name as an opening puts it into brackets."""
        bare = called.removeprefix("the ")
        if bare != called:
            return self._draw.pick((f'the "{bare}"', f'"the {bare}"', f'"{bare}"'))
        return f'"{called}"'

    def filled(self, template: str) -> str:
        """The template with a value for each name in braces, and with verbs that go with `we` and `you`."""
        if self._says_will:
            template = template.replace(" shall ", " will ")
        text = filled(template, self.of)
        text = _PLURAL_VERB.sub(lambda at: f" {_VERBS[at[1]]}", text)
        text = text.replace(_PLURAL, "").replace("..", ".")
        return _OF_US.sub(lambda at: _begun(at[1], f"{_POSSESSIVES[at[3]]} {at[2]}"), text)

    def of(self, name: str) -> str:
        """What is called so."""
        return self._slots[name]

    def _company(self) -> str:
        draw, words = self._draw, WORDS["companies"]
        name, is_short = self._made_up(), draw.chance(0.15)
        if is_short:
            name = draw.pick(NAMES["company_initials"])
        elif draw.chance(0.2):
            name = f"{name}{draw.pick((' & ', ' '))}{self._made_up()}"
        name += f" {draw.pick(words['middle'])}" if is_short or draw.chance(0.7) else ""
        name += f" {draw.pick(WORDS['cities'])}" if draw.chance(0.06) else ""
        return name if draw.chance(_BARE) else f"{name}{draw.pick(words['suffixes'])}"

    def _made_up(self) -> str:
        return f"{self._draw.pick(NAMES['company_first'])}{self._draw.pick(NAMES['company_second'])}"


def _begun(letter: str, text: str) -> str:
    """The text with a capital where the letter is one."""
    return capital(text) if letter.isupper() else text
