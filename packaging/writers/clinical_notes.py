"""Made-up clinical notes: headed notes, letters and short ones, in words of `clinical_words.yaml`."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import Values, capital, filled

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("clinical_words.yaml").read_text("utf-8"))

_DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%m/%d/%Y", "%d.%m.%Y", "%b %d, %Y", "%d-%b-%Y")
#: How often each is stated, and a note tells of another condition, too.
_STATED = {"again": 0.75, "drugs": 0.9, "done": 0.85, "why": 0.9, "names": 0.95, "date": 0.9, "who": 0.95}
_ALSO, _ALLERGIC, _CHILD = 0.35, 0.35, 0.15
#: The field of each kind of list.
_LISTS = {
    "has": "symptoms",
    "names": "diagnosis",
    "drugs": "medications",
    "allergies": "allergies",
    "done": "procedures",
}


class ClinicalNote:
    """One note of one visit: what is so is drawn first, then told in sections or in prose."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self._values = draw, Values(words, draw)
        self._case = draw.pick(WORDS["conditions"])
        self._day = date(2010, 1, 1) + timedelta(days=draw.below(16 * 365))
        self._day_form = draw.pick(_DAYS)
        kind = "child" if draw.chance(_CHILD) else "adult"
        age, self._gender = draw.pick(WORDS["patients"][kind])
        years = 18 + draw.below(75) if kind == "adult" else 2 + draw.below(14)
        self._age = age.format(years=years)
        self._they = "She" if self._gender in ("female", "woman", "lady", "F", "girl") else "He"
        self._told = {name for name, share in _STATED.items() if draw.chance(share)}
        self._gold: dict[str, Any] = {
            "patient_age": None,
            "patient_gender": None,
            "visit_date": None,
            "chief_complaint": None,
            **{field: [] for field in _LISTS.values()},
            "follow_up": None,
        }

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold, each list in the order of the text."""
        text = self._headed() if self._draw.chance(0.6) else self._letter()
        gold = self._gold
        for field in _LISTS.values():
            items = {_as_written(one, text) for one in gold[field]}
            gold[field] = sorted(items, key=text.find)
        for field in ("chief_complaint", "follow_up"):
            gold[field] = gold[field] and _as_written(gold[field], text)
        return text, gold

    def _headed(self) -> str:
        """A note in sections, each behind its heading."""
        draw = self._draw
        parts = [draw.pick(WORDS["titles"])]
        head = [f"{self._heading('date')}{self._date()}"] if "date" in self._told else []
        head += [f"{self._heading('patient')}{self._who()}"] if "who" in self._told else []
        if draw.chance(0.3):
            head.append(
                f"DOB: {(self._day - timedelta(days=3000 + draw.below(20_000))).strftime(self._day_form)}"
            )
        parts.append("\n".join(head if draw.chance(0.7) else head[::-1]))
        if "why" in self._told:
            parts.append(f"{self._heading('why')}{self._why()}")
        parts.append(f"{self._heading('history')}{self._history()}")
        sections = [self._medicines("takes", "drugs"), self._allergic(), self._examined(), self._tests()]
        parts += sections if draw.chance(0.6) else draw.shuffled(sections)
        parts += [self._diagnosed(), self._medicines("gives", "plan"), self._seen("again")]
        return draw.pick(("\n", "\n\n")).join(part for part in parts if part)

    def _letter(self) -> str:
        """A letter, or a short note: the same in sentences."""
        draw = self._draw
        who = "This patient"
        if "who" in self._told:
            who = f"This {self._who()}" if draw.chance(0.7) else f"Your patient, a {self._who()},"
        why = draw.pick(WORDS["why"])
        # What brings somebody is what they have, too.
        opening = filled(why, lambda name: self._date() if name == "date" else self._why(True))
        sentences = [f"{who} {opening}.", self._history()]
        later = [self._medicines("takes"), self._allergic(False), self._examined(False), self._tests(False)]
        sentences += later if draw.chance(0.6) else draw.shuffled(later)
        sentences += [self._diagnosed(False), self._medicines("gives"), self._seen()]
        text = " ".join(one for one in sentences if one)
        if draw.chance(0.5):  # in two paragraphs
            at = text.find(". ", len(text) // 2)
            text = f"{text[: at + 1]}\n\n{text[at + 2 :]}" if at > 0 else text
        around = [self._filled(draw.pick(WORDS[name])) for name in ("titles", "openings")]
        closing = self._filled(draw.pick(WORDS["closings"]))
        return "\n\n".join(part for part in (*around, text, closing) if part)

    def _who(self) -> str:
        self._gold |= {"patient_age": self._age, "patient_gender": self._gender}
        draw = self._draw
        either = f"{self._age} {self._gender}"
        first = self._values.of("person", "")[1].split()[-1][0]
        return draw.pick((either, either, f"{self._gender}, {self._age}", f"{first}.K., {either}"))

    def _date(self) -> str:
        self._gold["visit_date"] = self._day.isoformat()
        return self._day.strftime(self._day_form)

    def _why(self, is_had: bool = False) -> str:
        why = str(self._draw.pick(self._case["why"]))
        self._gold["chief_complaint"] = why
        if is_had:
            self._gold["symptoms"].append(why)
        return why

    def _history(self) -> str:
        draw = self._draw
        had = draw.shuffled(self._case["has"])[: 1 + draw.below(3)]
        self._gold["symptoms"] += had
        told = self._filled(draw.pick(WORDS["history"]), {"has": self._joined(had)})
        denied = [one for one in draw.shuffled(WORDS["denied"]) if not any(one in each for each in had)]
        denied = denied[: draw.below(4)]
        if not denied:
            return told
        said = {"not": _listed(denied, " or ", " and ")[draw.below(2)], "no": ", no ".join(denied)}
        return f"{told} {self._filled(draw.pick(WORDS['denials']), said)}"

    def _medicines(self, way: str, heading: str = "") -> str:
        """What is taken already, or what is given now."""
        draw = self._draw
        if "drugs" not in self._told or (way == "takes" and draw.chance(0.3)):
            return ""
        drugs = WORDS["drugs_also"] if way == "takes" else self._case["drugs"]
        chosen = draw.shuffled(drugs)[: 1 + draw.below(3)]
        self._gold["medications"] += chosen
        dosed = [one + draw.pick(WORDS["doses"]) for one in chosen]
        if heading and draw.chance(0.4):
            return self._heading(heading) + draw.pick((", ", "\n- ", "; ")).join(dosed)
        told = self._filled(draw.pick(WORDS[way]), {"drugs": self._joined(dosed)})
        return self._heading(heading) + told if heading else told

    def _allergic(self, is_headed: bool = True) -> str:
        draw = self._draw
        if not draw.chance(_ALLERGIC):
            none = str(draw.pick(WORDS["free"]))
            return f"{self._heading('allergies')}{none}" if none and is_headed and draw.chance(0.5) else none
        chosen = draw.shuffled(WORDS["allergies"])[: 1 + draw.below(2)]
        self._gold["allergies"] += chosen
        if is_headed and draw.chance(0.6):
            return self._heading("allergies") + ", ".join(chosen)
        return self._filled(draw.pick(WORDS["allergic"]), {"allergies": self._joined(chosen)})

    def _examined(self, is_headed: bool = True) -> str:
        found = [self._filled(one) for one in self._draw.shuffled(WORDS["exam"])[: self._draw.below(3)]]
        return (self._heading("exam") if is_headed and found else "") + " ".join(found)

    def _tests(self, is_headed: bool = True) -> str:
        draw = self._draw
        if "done" not in self._told:
            return ""
        chosen = [draw.pick(self._case["done"]), *draw.shuffled(WORDS["done_also"])[: draw.below(3)]]
        chosen = list(dict.fromkeys(chosen))
        self._gold["procedures"] += chosen
        told = [capital(one) + draw.pick(WORDS["results"]) for one in chosen]
        if is_headed and draw.chance(0.3):
            return self._heading("done") + ", ".join(told)
        return (self._heading("done") if is_headed else "") + ". ".join(told) + "."

    def _diagnosed(self, is_headed: bool = True) -> str:
        draw = self._draw
        if "names" not in self._told:
            return ""
        chosen = [draw.pick(self._case["names"])]
        chosen += [draw.pick(WORDS["also"])] if draw.chance(_ALSO) else []
        self._gold["diagnosis"] += chosen
        if is_headed and draw.chance(0.7):
            return self._heading("names") + draw.pick(("; ", ", ", "\n")).join(map(capital, chosen))
        told = self._filled(draw.pick(WORDS["named"]), {"names": self._joined(chosen)})
        return self._heading("names") + told if is_headed else told

    def _seen(self, heading: str = "") -> str:
        """When the patient is to be seen again."""
        draw = self._draw
        if "again" not in self._told:
            return ""
        told = str(draw.pick(WORDS["seen"]))
        kind = next(one for one in ("again", "when", "where") if f"{{{one}}}" in told)
        again = self._filled(
            draw.pick(WORDS[kind]), {"day": (self._day + timedelta(days=9)).strftime("%d %B")}
        )
        again = again[:1].lower() + again[1:]
        self._gold["follow_up"] = again
        if heading and draw.chance(0.4):
            return self._heading(heading) + again
        return self._filled(told, {kind: again, "them": "her" if self._they == "She" else "him"})

    def _heading(self, name: str) -> str:
        heading = str(self._draw.pick(WORDS["headings"][name]))
        heading = heading.upper() if self._draw.chance(0.25) else heading
        return heading + self._draw.pick((": ", ": ", ":\n", " - "))

    def _joined(self, items: list[str]) -> str:
        return self._draw.pick(_listed(items, " and ", ", "))

    def _filled(self, template: str, facts: dict[str, str] | None = None) -> str:
        draw = self._draw
        every = {
            "Who": draw.pick((self._they, "The patient", "Patient", self._they)),
            "long": draw.pick(WORDS["long"]),
            "since": draw.pick(WORDS["since"]),
            "bp": f"{105 + draw.below(60)}/{62 + draw.below(40)}",
            "pulse": str(56 + draw.below(60)),
            "weight": str(50 + draw.below(60)),
            "gp": self._values.of("person", "")[1].split()[-1],
        } | (facts or {})
        return capital(filled(template, every.__getitem__))


def _as_written(value: str, text: str) -> str:
    """The value with the capitals that it has in the text."""
    at = text.lower().index(value.lower())
    return text[at : at + len(value)]


def _listed(items: list[str], *last: str) -> list[str]:
    """The items as one says them, once with each of what may stand before the last."""
    return [", ".join(items[:-1]) + one + items[-1] if items[1:] else items[0] for one in last]
