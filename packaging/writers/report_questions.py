"""Made-up parts of financial reports with questions put to them, in words of `report_words.yaml`."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from writers.form_parts import capital, filled

from thresher.adapters.training.draw import Draw

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("report_words.yaml").read_text("utf-8"))

#: How often a part has a register of things in place of lines by year, and asks for what it does not state.
_REGISTER, _ABSENT = 0.35, 0.1
#: How often it has a second section, of which is asked as well.
_SECOND = 0.4
#: How often a question is described by itself, as where each is its own field.
_ITSELF = 0.7
_DESCRIPTION = "Answer, as written in the report"
#: What stands where a line has nothing: no answer.
_DASHES = ("—", "-", "–")

#: A question and its answer: a text, a list of texts, or None where the part does not state it.
Question = tuple[str, str | list[str] | None]


class ReportPart:
    """One part of a report: a head, a table, notes, and three questions or so. `fields` are the questions."""

    def __init__(self, _words: dict[str, Any], draw: Draw) -> None:
        self._draw = draw
        self.fields: list[dict[str, Any]] = []

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold: the answers by question."""
        draw = self._draw
        parts, questions = self._section()
        if draw.chance(_SECOND):
            more, others = self._section()
            parts, questions = [*parts, *more], [*questions, *others]
        questions = [one for one in questions if not set(_DASHES) & set(one[1] or ())]
        chosen = draw.shuffled(questions)[: 2 + draw.below(3)]
        if not chosen or draw.chance(_ABSENT):
            chosen[:1] = [(self._filled(draw.pick(WORDS["asks"]["absent"])), None)]
        described = draw.chance(_ITSELF)
        gold: dict[str, Any] = {}
        for question, answer in chosen:
            if question not in gold:
                gold[question] = answer
                kind = "list[string]" if isinstance(answer, list) else "string"
                about = question if described else _DESCRIPTION
                self.fields.append({"name": question, "type": kind, "description": about})
        return draw.pick(("\n\n", "\n\n", "\n")).join(part for part in parts if part), gold

    def _section(self) -> tuple[list[str], list[Question]]:
        """A head, a table, and notes around it; what can be asked of them."""
        draw = self._draw
        head, rows, notes, questions = self._register() if draw.chance(_REGISTER) else self._years()
        number = draw.pick(("", f"{1 + draw.below(30)}. ", f"Note {1 + draw.below(30)}. ", "## "))
        head = head.upper() if draw.chance(0.2) else head
        around = draw.shuffled([*notes, *draw.shuffled(WORDS["notes"])[: draw.below(4)]])
        cut = draw.below(len(around) + 1)
        return [f"{number}{head}", *around[:cut], self._table(rows), *around[cut:]], questions

    def _years(self) -> tuple[str, list[list[str]], list[str], list[Question]]:
        """Lines of a subject by year: head, rows, notes, questions."""
        draw = self._draw
        subject = draw.pick(WORDS["subjects"])
        last = 2012 + draw.below(13)
        years = [str(last - back) for back in range(2 + draw.below(2))]
        lines = draw.shuffled(subject["lines"])[: 2 + draw.below(5)]
        amounts = [[self._amount() for _ in years] for _ in lines]
        rows = [[line, *cells] for line, cells in zip(lines, amounts, strict=True)]
        if total := draw.pick(WORDS["totals"]):
            rows.append([total, *(self._amount() for _ in years)])
        facts = {"about": subject["about"], "head": subject["heads"][0], "unit": draw.pick(WORDS["units"])}
        facts |= {"year": years[0], "other": years[1], "line": draw.pick(lines)}
        opening = self._filled(draw.pick(WORDS["opening"]), facts)
        notes, questions = self._prose(facts)
        for _ in range(4):
            questions.append(self._of_years(rows, years))
        asks = WORDS["asks"]
        if draw.chance(0.2):
            questions.append((draw.pick(asks["shown"]), years))
        if draw.chance(0.15):
            questions.append((draw.pick(asks["listed"]), lines))
        if draw.chance(0.3) and subject["about"] in opening:
            questions.append((draw.pick(asks["about"]), subject["about"]))
        return draw.pick(subject["heads"]), [self._heading(years), *rows], [opening, *notes], questions

    def _of_years(self, rows: list[list[str]], years: list[str]) -> Question:
        """A question for one cell, for a line's years, or for two lines of a year."""
        draw, asks = self._draw, WORDS["asks"]
        first, second = draw.shuffled(rows)[:2]
        at, then = draw.shuffled(range(len(years)))[:2]
        said = {"line": self._said(first[0]), "second": self._said(second[0])}
        said |= {"year": years[at], "other": years[then]}
        match draw.below(6):
            case 0:
                return self._filled(draw.pick(asks["years"]), said), [first[1 + at], first[1 + then]]
            case 1:
                return self._filled(draw.pick(asks["lines"]), said), [first[1 + at], second[1 + at]]
            case _:
                return self._filled(draw.pick(asks["one"]), said), first[1 + at]

    def _prose(self, facts: dict[str, str]) -> tuple[list[str], list[Question]]:
        """Sentences beside the table, and questions that these answer."""
        draw, asks = self._draw, WORDS["asks"]
        notes: list[str] = []
        questions: list[Question] = []
        if draw.chance(0.5):
            move, past, verb = draw.pick(WORDS["moves"])
            reason = draw.pick(WORDS["reasons"])
            told = facts | {"move": move, "past": past, "moved": verb, "reason": reason}
            notes.append(self._filled(draw.pick(WORDS["why"]), told))
            told["line"] = self._said(told["line"])
            questions.append((self._filled(draw.pick(asks["why"]), told), reason))
        if draw.chance(0.4):
            measure, unit = draw.pick(list(WORDS["measures"].items()))
            now, then = (f"{(1 + draw.below(900)) / 100:g}{unit}" for _ in range(2))
            told = facts | {"measure": measure, "now": now, "then": then}
            notes.append(self._filled(draw.pick(WORDS["rates"]), told))
            which = draw.pick((("year", now), ("other", then)))
            told["year"] = told[which[0]]
            questions.append((self._filled(draw.pick(asks["rate"]), told), which[1]))
        return notes, questions

    def _register(self) -> tuple[str, list[list[str]], list[str], list[Question]]:
        """Things with their attributes: head, rows, notes, questions."""
        draw = self._draw
        one = draw.pick(WORDS["registers"])
        columns = draw.shuffled(list(one["columns"]))[: 2 + draw.below(3)]
        names = draw.shuffled(one["names"])[: 2 + draw.below(4)]
        rows = [
            [name, *(self._value(one["columns"][column]["kind"]) for column in columns)] for name in names
        ]
        questions: list[Question] = []
        for _ in range(5):
            row, at = draw.pick(rows), draw.below(len(columns))
            asks, value = one["columns"][columns[at]], row[1 + at]
            is_one = [each[1 + at] for each in rows].count(value) == 1
            if is_one and draw.chance(0.3):
                questions.append((draw.pick(asks["back"]).format(value=value), row[0]))
            else:
                name = row[0] if one["thing"] != "borrowing" else f"the {self._said(row[0])}"
                questions.append((draw.pick(asks["asks"]).format(name=name), value))
        return draw.pick(one["heads"]), [[one["thing"].capitalize(), *columns], *rows], [], questions

    def _table(self, rows: list[list[str]]) -> str:
        """The rows, as reports come to text."""
        draw = self._draw
        match draw.below(6):
            case 0 | 1:
                return "[TABLE]\n" + "\n".join(" | ".join(row) for row in rows)
            case 2:
                return "\n".join("   ".join(row).strip() for row in rows)
            case 3:
                first, *others = ["| " + " | ".join(row) + " |" for row in rows]
                return "\n".join([first, "| --- " * len(rows[0]) + "|", *others])
            case 4:
                return "\n".join("\t".join(row) for row in rows)
            case _:
                wide = max(len(row[0]) for row in rows) + 4
                lines = [f"{row[0]:{wide}}" + "".join(f"{one:>26}" for one in row[1:]) for row in rows]
                return "\n".join(line.rstrip() for line in lines)

    def _heading(self, years: list[str]) -> list[str]:
        """The columns' heads: years, alone or as days."""
        form = self._draw.pick(
            ("{}", "{}", "{}", "December 31, {}", "Year ended June 30, {}", "31 March {}", "FY {}")
        )
        return ["", *(form.format(year) for year in years)]

    def _said(self, line: str) -> str:
        """A line as one asks for it, mostly without its capital."""
        return line[0].lower() + line[1:] if self._draw.chance(0.8) and line[1:2].islower() else line

    def _amount(self) -> str:
        draw = self._draw
        if draw.chance(0.06):
            return draw.pick(_DASHES)
        whole = f"{1 + draw.below(10 ** (2 + draw.below(5))):,}"
        number = whole if draw.chance(0.7) else f"{(1 + draw.below(90_000)) / 10:,.1f}"
        return draw.pick(("{}", "{}", "{}", "{}", "({})", "${}")).format(number)

    def _value(self, kind: str) -> str:
        draw = self._draw
        day = date(2019, 1, 1) + timedelta(days=draw.below(5000))
        match kind:
            case "amount":
                return f"{(1 + draw.below(900)) * 10 ** (2 + draw.below(5)):,}"
            case "rate":
                rate = f"{(8 + draw.below(80)) / 10:g}%"
                return draw.pick((rate, rate, f"EURIBOR + {rate}", f"LIBOR plus {rate}"))
            case "day":
                return day.strftime(draw.pick(("%Y-%m-%d", "%B %Y", "%d %B %Y", "%m/%d/%Y", "%Y")))
            case "share":
                return draw.pick(("100%", "51%", "75.5%", "80%", "60%", "34%"))
            case "age":
                return str(38 + draw.below(40))
            case "past":
                return str(1998 + draw.below(24))
            case _:
                return str(draw.pick(WORDS["values"][kind]))

    def _filled(self, template: str, facts: dict[str, str] | None = None) -> str:
        every = {"year": "2017", "absent": "backlog", "line": "", "unit": ""} | (facts or {})
        return capital(filled(template, every.__getitem__))
