"""Writes a made-up financial statement or release around its facts: tables of some periods, or prose."""

from typing import Any

from writers.form_parts import capital
from writers.page_layout import as_read, labelled
from writers.statement_facts import FIELDS, Figures, StatementFacts
from writers.statement_release import StatementRelease

from thresher.adapters.training.draw import Draw

#: How often each row that is asked for stands in its table.
_STATED = {
    "revenue": 0.93,
    "revenue_growth": 0.15,
    "gross_profit": 0.6,
    "operating_income": 0.8,
    "net_income": 0.95,
    "earnings_per_share": 0.5,
    "total_assets": 0.93,
    "total_liabilities": 0.75,
    "operating_cash_flow": 0.95,
}
#: How often a document is a release, one has a table below, a document is a list of key figures, and a table
#: gives each figure behind its label.
_RELEASE, _TABLE_BELOW, _KEY, _LABELLED = 0.3, 0.3, 0.25, 0.08
#: How often the earlier period comes first, a column says how much a figure changed, one has notes' numbers,
#: and figures have the currency's sign.
_EARLIER_FIRST, _CHANGED, _NOTED, _SIGNED = 0.25, 0.2, 0.15, 0.35

#: A row: its label, the field that it states if it states one, and its figures.
Row = tuple[str, str, Figures]


class StatementWriter:
    """Writes one document. Its facts have in their gold what a row or a sentence says."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self.facts = draw, StatementFacts(words, draw)
        self._is_signed = draw.chance(_SIGNED)

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold."""
        draw, facts = self._draw, self.facts
        if facts.language == "en" and draw.chance(_RELEASE):
            text = self._release()
        else:
            kinds = ["key"] if draw.chance(_KEY) else self._kinds()
            text = draw.pick(("\n", "\n\n")).join(["\n".join(self._opening(kinds)), *map(self._table, kinds)])
        return as_read(text, draw), self.facts.gold

    def _kinds(self) -> list[str]:
        every = ["income", "balance", "cash"]
        return [kind for kind in every if self._draw.chance(0.6)] or [self._draw.pick(every)]

    def _opening(self, kinds: list[str]) -> list[str]:
        """Who reports, what it is, its period and its unit."""
        draw, facts = self._draw, self.facts
        lines = [facts.say_company()] if draw.chance(0.9) else []
        title = str(draw.pick(facts.names["titles"][kinds[0]]))
        lines = [*lines, title] if draw.chance(0.7) else [title, *lines]
        lines += [self._of_period(kinds)] if draw.chance(0.75) else []
        unit = [facts.unit_text] if facts.unit_text and draw.chance(0.85) else []
        if unit:
            facts.gold["unit"], facts.gold["currency"] = facts.unit, facts.currency_in(facts.unit_text)
        lines += unit if draw.chance(0.8) else []
        if unit and unit[0] not in lines:
            lines = [*unit, *lines]
        return [*lines, draw.pick(facts.names["unaudited"])] if draw.chance(0.25) else lines

    def _of_period(self, kinds: list[str]) -> str:
        """The line that names the period, or of sums alone the day."""
        draw, facts = self._draw, self.facts
        if kinds == ["balance"]:
            return capital(str(draw.pick(facts.names["at_day"])).format(facts.say_last_day()))
        facts.say_period(facts.periods[0])
        return capital(str(draw.pick(facts.names["of_period"])).format(facts.periods[0]))

    def _table(self, kind: str) -> str:
        """A statement, or its key figures, of one to three periods."""
        draw, facts = self._draw, self.facts
        rows = self._rows_of(kind)
        for _, name, _ in rows:
            facts.say_figure(name)
        if draw.chance(_LABELLED):
            return "\n".join(labelled([(label, facts.text(name, one[0])) for label, name, one in rows], draw))
        columns = draw.pick(([0], [0, 1], [0, 1], [0, 1], [0, 1, 2]))
        columns = columns[::-1] if draw.chance(_EARLIER_FIRST) else columns
        heads = self._heads(kind, columns) if draw.chance(0.9) or columns[0] else []
        cells = [
            [label, *(self._cell(name, figures[one]) for one in columns)] for label, name, figures in rows
        ]
        if columns == [0, 1] and kind != "balance" and draw.chance(_CHANGED):
            self._add_changes(rows, cells)
            heads = [*heads, draw.pick(facts.names["change"])] if heads else []
        if draw.chance(_NOTED):
            for row in cells:
                row.insert(1, str(1 + draw.below(30)) if draw.chance(0.4) else "")
            heads = [draw.pick(facts.names["note"]), *heads] if heads else []
        title = str(draw.pick(facts.names["titles"][kind]))
        head = [["", *heads]] if heads else []
        return "\n".join([*([title] if draw.chance(0.5) else []), *self._lines([*head, *cells])])

    def _heads(self, kind: str, columns: list[int]) -> list[str]:
        """What stands above the columns: the period's names, its years or its last days."""
        draw, facts = self._draw, self.facts
        if kind == "balance":
            if draw.chance(0.3):
                return [str(facts.days[one].year) for one in columns]
            facts.say_last_day()
            return [facts.written(facts.days[one]) for one in columns]
        if facts.gold["period"] and draw.chance(0.6):
            return [str(facts.days[one].year) for one in columns]
        facts.say_period(facts.periods[0])
        return [facts.periods[one] for one in columns]

    def _add_changes(self, rows: list[Row], cells: list[list[str]]) -> None:
        """To each row by how many percent its figure changed; of revenue that is its growth."""
        for (_, name, figures), row in zip(rows, cells, strict=True):
            now, then = figures[:2]
            if name == "revenue_growth" or not then or now * then < 0:
                row.append("n/m" if name != "revenue_growth" else "")
                continue
            change = round((now / then - 1) * 100, 1)
            row.append(self.facts.text("revenue_growth", change) + self._draw.pick(("%", "%", "")))
            if name == "revenue":
                self.facts.gold["revenue_growth"] = change

    def _cell(self, name: str, value: float) -> str:
        facts = self.facts
        text = facts.text(name, value)
        if self._is_signed and name in ("revenue", "net_income", "total_assets"):
            facts.gold["currency"] = facts.gold["currency"] or facts.sign
            return facts.signed(text)
        return text + ("%" if name == "revenue_growth" else "")

    def _lines(self, rows: list[list[str]]) -> list[str]:
        draw = self._draw
        wide, gap = 30 + draw.below(20), 10 + draw.below(8)
        match draw.below(9):
            case 0:
                return ["| " + " | ".join(row) + " |" for row in rows]
            case 1:
                return ["\t".join(row) for row in rows]
            case 2:
                return [" ".join(cell for cell in row if cell) for row in rows]
            case 3:
                return [cell for row in rows for cell in row if cell]
            case 4:
                return [f"{row[0]} ".ljust(wide, ".") + "  " + "  ".join(row[1:]) for row in rows]
            case 5:
                return [";".join(row) for row in rows]
            case _:
                return [f"{row[0]:{wide}}" + "".join(f"{cell:>{gap}} " for cell in row[1:]) for row in rows]

    def _rows(self, *names: str) -> list[Row]:
        """Those of these fields that are stated, as rows."""
        facts = self.facts
        stated = [name for name in names if self._draw.chance(_STATED[name])]
        return [(facts.label(name), name, facts.figures[name]) for name in stated]

    def _others(self, kind: str, most: int, scale: float = 0.5) -> list[Row]:
        """Up to so many rows that are not asked for."""
        draw, facts = self._draw, self.facts
        chosen = set(draw.shuffled(facts.names[kind])[: draw.below(most + 1)])
        return [
            (one, "share", facts.percent()) if "%" in one else (one, "", facts.one(scale))
            for one in map(str, facts.names[kind])
            if one in chosen
        ]

    def _named(self, name: str, share: float, scale: float = 0.5) -> list[Row]:
        facts = self.facts
        figures = facts.figures.get(name) or facts.one(scale)
        return [(facts.label(name), name, figures)] if self._draw.chance(share) else []

    def _rows_of(self, kind: str) -> list[Row]:
        match kind:
            case "income":
                return self._income_rows()
            case "balance":
                return self._balance_rows()
            case "cash":
                return self._cash_rows()
            case _:
                return self._key_rows()

    def _income_rows(self) -> list[Row]:
        rows = [
            *self._others("parts", 3),
            *self._rows("revenue", "revenue_growth"),
            *self._named("cost", 0.6),
        ]
        rows += [*self._rows("gross_profit"), *self._others("costs", 5), *self._rows("operating_income")]
        rows += [*self._others("before", 3, 0.1), *self._named("pretax", 0.6), *self._named("tax", 0.6, 0.1)]
        rows += [*self._rows("net_income"), *self._named("basic", 0.4), *self._rows("earnings_per_share")]
        return [*rows, *self._others("shares", 2)]

    def _balance_rows(self) -> list[Row]:
        rows = [*self._others("assets", 6), *self._rows("total_assets"), *self._others("debts", 6)]
        return [
            *rows,
            *self._rows("total_liabilities"),
            *self._others("equity", 3),
            *self._named("both", 0.6),
        ]

    def _cash_rows(self) -> list[Row]:
        rows = [*self._rows("net_income")] if self._draw.chance(0.6) else []
        rows += [
            *self._others("flows", 5, 0.2),
            *self._rows("operating_cash_flow"),
            *self._others("after", 5, 0.3),
        ]
        return rows

    def _key_rows(self) -> list[Row]:
        rows = [one for name in FIELDS if self._draw.chance(0.7) for one in self._rows(name)]
        rows += [*self._others("other", 4), *self._named("basic", 0.15)]
        return self._draw.shuffled(rows) if self._draw.chance(0.4) else rows

    def _release(self) -> str:
        """A press release, at times with a table of key figures below."""
        facts, draw = self.facts, self._draw
        release = StatementRelease(facts, draw)
        text = release.write()
        if not release.is_in_millions or not draw.chance(_TABLE_BELOW):
            return text
        unit = str(draw.pick(("(in millions)", f"{facts.code} million", f"{facts.sign} million")))
        facts.gold["unit"] = unit.strip("()")
        return "\n\n".join([text, unit, self._table("key")])
