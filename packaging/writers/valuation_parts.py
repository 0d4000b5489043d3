"""The parts of a made-up valuation that tell of other sums: others' sales, and what an approach comes to."""

from datetime import timedelta

from writers.form_parts import capital
from writers.page_layout import between
from writers.valuation_facts import ValuationFacts
from writers.valuation_values import WORDS

from thresher.adapters.training.draw import Draw

#: How often an approach that is not used has a line, too, and the property itself a row among the sales.
_UNUSED, _SUBJECT = 0.45, 0.25
#: How often the approaches are only marked as used or not.
_MARKED = 0.25


class Evidence:
    """Writes lines of sums that are not the value, or come to it by one approach."""

    def __init__(self, facts: ValuationFacts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw

    def sales(self) -> list[str]:
        """Other properties, each with its address, price, size and day."""
        draw, facts, words = self._draw, self._facts, self._facts.names
        rows = [self._sale() for _ in range(2 + draw.below(4))]
        if draw.chance(0.4):
            form = draw.pick(words["comp_lines"])
            return [
                form.format(n=at, address=address, price=price, area=area, day=day)
                for at, (address, price, area, day) in enumerate(rows, 1)
            ]
        table = [list(draw.pick(words["comp_heads"])), *([str(at), *row] for at, row in enumerate(rows, 1))]
        is_known = {"property_address", "floor_area"} <= facts.texts.keys()
        if is_known and words is WORDS["languages"]["en"] and draw.chance(_SUBJECT):
            table.insert(1, ["Subject", facts.say("property_address"), "-", facts.say("floor_area"), "-"])
        if draw.chance(0.25):  # each sale in a column, as a grid has them
            table = [list(row) for row in zip(*table, strict=True)]
        match draw.below(4):
            case 0:
                return ["\t".join(row) for row in table]
            case 1:
                return ["| " + " | ".join(row) + " |" for row in table]
            case 2:
                wide = [max(map(len, column)) + 2 for column in zip(*table, strict=True)]
                return ["".join(map(str.ljust, row, wide)).rstrip() for row in table]
            case _:
                return ["  ".join(row) for row in table]

    def indications(self) -> list[str]:
        """What each approach used comes to, and which is not used."""
        draw, facts = self._draw, self._facts
        is_marked = draw.chance(_MARKED)
        if "approach" not in facts.texts or ("market_value" not in facts.texts and not is_marked):
            return []
        facts.say("approach")
        form, gap = draw.pick(facts.names["indicated"]), between(draw)
        mark = draw.pick(facts.names["unused_marks"])
        settled = draw.pick(facts.used)
        lines = []
        for name, way in facts.ways.items():
            if name in facts.used and is_marked:
                lines.append(f"{capital(way)}{gap}{draw.pick(facts.names['used_marks'])}")
            elif name in facts.used:
                amount = facts.value if name == settled else facts.other_sum(90, 109)
                lines.append(f"{form.format(way)}{gap}{facts.money(amount)}")
            elif draw.chance(_UNUSED):
                lines.append(f"{capital(way) if is_marked else form.format(way)}{gap}{mark}")
        return draw.shuffled(lines)

    def _sale(self) -> tuple[str, str, str, str]:
        draw, facts = self._draw, self._facts
        if facts.kind == "land":
            area = f"{facts.lot()} {facts.lot_unit}"
        else:
            area = f"{facts.number(round(facts.floor * (0.75 + draw.number() / 2)))} {facts.unit}"
        sold = facts.written(facts.day - timedelta(days=20 + draw.below(500)))
        return facts.of("comp"), facts.money(facts.other_sum(80, 122)), area, sold
