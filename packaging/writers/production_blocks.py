"""The tables of a made-up production report: what each hour, product, line or shift made, and the stops."""

from itertools import accumulate

from writers.production_facts import ProductionFacts
from writers.production_figures import COUNTS

from thresher.adapters.training.draw import Draw

_AXES = ("hour", "hour", "product", "line", "shift")
#: How often a table ends with its totals, has a column of what stood still, tells why beside, and
#: goes on to the shift before.
_TOTAL, _STOOD, _TOLD, _BEFORE = 0.85, 0.5, 0.5, 0.12
#: How stops are told: without minutes, with them, and with the time of day.
_UNTIMED = ("{0}", "- {0}", "* {0}")
_TIMED = ("- {0}: {1} min", "{0} - {1} min", "{1} min {0}", "- {0} ({1} min)", "{0}: {1}'", "{0} {1} min")


class ProductionBlocks:
    """Rows and lines with what a report's facts state."""

    def __init__(self, facts: ProductionFacts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw
        self._start = draw.pick((6, 14, 22, 7, 5))

    def table(self) -> list[list[str]]:
        """The rows under their heads, the last one of totals. What a column is of, the report has not as one.

        None where no count is stated.
        """
        draw, facts = self._draw, self._facts
        names = [one for one in COUNTS if facts.has(one)]
        if not names:
            return []
        axis = draw.pick(_AXES)
        first = self._axis(axis)
        is_total, shares = draw.chance(_TOTAL), [0.5 + draw.number() for _ in first]
        columns = {one: _cut(facts.figures[one], shares) for one in names if one != "good"}
        if "good" in names:
            made, bad = (_cut(facts.figures[one], shares) for one in ("units_produced", "units_rejected"))
            columns["good"] = [one - other for one, other in zip(made, bad, strict=True)]
        columns = {one: columns[one] for one in (names if draw.chance(0.8) else draw.shuffled(names))}
        rows = [[facts.label("hour" if axis == "hour" else axis), *map(facts.label, columns)]]
        cells = zip(*columns.values(), strict=True)
        rows += [[name, *map(facts.count, row)] for name, row in zip(first, cells, strict=True)]
        if is_total:
            rows.append([facts.label("total"), *(facts.count(facts.figures[one]) for one in columns)])
            for one in columns:
                facts.say(one)
            self._stood(rows, axis, shares)
            if draw.chance(_BEFORE):
                rows.append(self._before(list(columns), len(rows[0])))
        elif draw.chance(0.5):
            facts.drop(*columns)
        return rows

    def _before(self, columns: list[str], width: int) -> list[str]:
        """A row of the shift before, below the totals."""
        draw, facts = self._draw, self._facts
        name = draw.pick(facts.words["others"][0][0].split("|"))
        cells = [facts.count(round(facts.figures[one] * (0.8 + 0.4 * draw.number()))) for one in columns]
        return [name, *cells, *[""] * (width - 1 - len(cells))]

    def _stood(self, rows: list[list[str]], axis: str, shares: list[float]) -> None:
        """Adds a column of the minutes that were lost, and at times one of the reasons."""
        draw, facts = self._draw, self._facts
        if not facts.has("downtime_minutes") or not draw.chance(_STOOD):
            return
        minutes, causes = _cut(facts.downtime, shares), [""] * len(shares)
        if axis == "hour":
            minutes = [0] * len(shares)
            chosen = sorted(draw.shuffled(range(len(shares)))[: len(facts.stops)])
            for at, (cause, lost) in zip(chosen, facts.stops, strict=True):
                minutes[at], causes[at] = lost, cause
        facts.say("downtime_minutes")
        label = facts.label("downtime_minutes")
        label += "" if "min" in label.lower() else draw.pick((" (min)", " min", ", min"))
        cells = [label, *map(str, minutes), str(facts.downtime)]
        for row, cell in zip(rows, cells, strict=True):
            row.append(cell)
        if axis == "hour" and facts.has("downtime_causes") and draw.chance(_TOLD):
            facts.say("downtime_causes")
            for row, cell in zip(rows, [facts.label("remark"), *causes, ""], strict=True):
                row.append(cell)

    def _axis(self, axis: str) -> list[str]:
        """What the rows are of."""
        draw, facts = self._draw, self._facts
        if axis == "hour":
            form = draw.pick(("{0:02}:00", "{0:02}:00-{1:02}:00", "{0:02}-{1:02}", "{0:02}:00 - {1:02}:00"))
            hours = (self._start + at for at in range(6 + draw.below(3)))
            return [form.format(hour % 24, (hour + 1) % 24) for hour in hours]
        facts.drop(axis)
        made = dict.fromkeys(facts.of(axis) for _ in range(20))
        return list(made)[: 3 if axis == "shift" else 2 + draw.below(4)]

    def stops(self) -> list[str]:
        """The lines that tell why it stood still, and at times how long each time and in all."""
        draw, facts = self._draw, self._facts
        if not facts.has("downtime_causes"):
            return []
        match draw.below(7):
            case 0 | 1:
                label, text = facts.entry("downtime_causes")
                lines = [f"{label}: {text}"]
            case 2:
                facts.say("downtime_causes")
                form = draw.pick(_UNTIMED)
                lines = [form.format(cause) for cause, _ in facts.stops]
            case 3:
                return self.laid(self.stop_rows())
            case 4:
                facts.say("downtime_causes")
                lines = self._by_clock()
            case _:
                lines = facts.timed(draw.pick(_TIMED))
        if facts.has("downtime_minutes") and draw.chance(0.5):
            lines.insert(draw.pick((0, len(lines))), ": ".join(facts.entry("downtime_minutes")))
        return lines

    def stop_rows(self) -> list[list[str]]:
        """A table of the stops, at times with their codes and their sum."""
        draw, facts = self._draw, self._facts
        rows = [[facts.label("downtime_causes"), facts.label("minutes")]]
        facts.timed("")
        rows += [[cause, str(minutes)] for cause, minutes in facts.stops]
        if facts.has("downtime_minutes") and draw.chance(0.7):
            facts.say("downtime_minutes")
            rows.append([facts.label("total"), str(facts.downtime)])
        if draw.chance(0.3):
            for at, row in enumerate(rows):
                row.insert(0, facts.coded("D##") if 0 < at <= len(facts.stops) else "" if at else "Code")
        return rows

    def _by_clock(self) -> list[str]:
        """Each stop with the time of day at which it began, and at which it ended."""
        draw, minute, lines = self._draw, self._start * 60, []
        form = draw.pick(("{0} - {1} {2}", "{0}-{1}: {2}", "{0} - {1}: {2}", "{0}  {2}", "- {0} {2}"))
        for cause, minutes in self._facts.stops:
            minute += 5 + draw.below(80)
            begun, minute = minute, minute + minutes
            clock = [f"{one // 60 % 24:02}:{one % 60:02}" for one in (begun, minute)]
            lines.append(form.format(*clock, cause))
        return lines

    def laid(self, rows: list[list[str]]) -> list[str]:
        """The rows as lines, in one of the layouts of tables."""
        draw = self._draw
        wide = [max(map(len, column)) + 2 + draw.below(3) for column in zip(*rows, strict=True)]
        match draw.below(7):
            case 0:
                lines = ["\t".join(row) for row in rows]
            case 1 | 2:
                lines = ["| " + " | ".join(row) + " |" for row in rows]
                lines.insert(1, "|" + "---|" * len(rows[0]))
            case 3:
                lines = [" | ".join(row) for row in rows]
            case 4:
                lines = ["  ".join(row) for row in rows]
            case _:
                lines = [f"{row[0]:{wide[0]}}" + _right(row[1:], wide[1:]) for row in rows]
        return [line.rstrip() for line in lines]


def _right(cells: list[str], wide: list[int]) -> str:
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, wide, strict=True))


def _cut(total: int, shares: list[float]) -> list[int]:
    """The total in whole parts of about these shares."""
    edges = [round(total * one / sum(shares)) for one in accumulate(shares)]
    return [edge - before for before, edge in zip([0, *edges], edges, strict=False)]
