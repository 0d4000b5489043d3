"""Writes a made-up production report around its facts: as forms, tables, CSV, mails, notes, exports."""

from datetime import timedelta
from typing import Any

from writers.page_layout import Entry, as_read, band, beside, labelled
from writers.production_blocks import ProductionBlocks
from writers.production_exports import comma_separated, exported
from writers.production_facts import ProductionFacts
from writers.production_figures import COUNTS, RATES

from thresher.adapters.training.draw import Draw

_KINDS = (
    *("form",) * 5,
    *("table",) * 4,
    *("csv",) * 2,
    *("markdown",) * 2,
    *("mail",) * 3,
    *("note",) * 2,
    *("export",) * 2,
)
#: How often a title names something of the report, a label stands without a value, the report says when it
#: was printed and when its shift began, its parts have headings, and the parts of an OEE stand beside.
_IN_TITLE, _EMPTY, _PRINTED, _CLOCK, _HEADED, _RATED = 0.3, 0.07, 0.2, 0.1, 0.35, 0.3
#: How often the gap in a number is as any other, where no cells stand abreast; and two counts share a label.
_BREAKABLE, _PAIRED = 0.7, 0.06
_WHO = ("plant", "line", "date", "shift", "product", "supervisor")
_FIGURES = (*COUNTS, "downtime_minutes", "oee_percent")


class ProductionReport:
    """Writes one report of a shift or a day, of a kind that is drawn."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self.kind = draw, draw.pick(_KINDS)
        is_free = self.kind in ("mail", "note")
        self.facts = ProductionFacts(words, draw, is_free, self.kind == "export")
        self._blocks = ProductionBlocks(self.facts, draw)
        self._is_rated = draw.chance(_RATED)

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold."""
        draw, facts = self._draw, self.facts
        match self.kind:
            case "form" | "table":
                text = as_read(self._page(), draw)
            case "csv":
                text = comma_separated(facts, self._blocks, self._rows, draw)
            case "markdown":
                text = self._markdown()
            case "mail":
                text = self._mail()
            case "note":
                text = self._note()
            case _:
                text = exported(facts, draw)
        if self.kind not in ("form", "table") and draw.chance(_BREAKABLE):
            text = text.replace("\u00a0", " ")
        return text, facts.labels_of(text)

    def _title(self) -> str:
        """What it calls itself, at times with its line, its shift or its day."""
        draw, facts = self._draw, self.facts
        title = draw.pick(facts.words["titles_oee" if self._is_rated and draw.chance(0.7) else "titles"])
        names = [one for one in ("plant", "line", "shift", "date") if facts.has(one)]
        if not names or not facts.is_full or not draw.chance(_IN_TITLE):
            return str(title)
        gap = draw.pick((" - ", ", ", " | ", " / ", ": "))
        return gap.join([title, *map(facts.say, draw.shuffled(names)[: 1 + draw.below(3)])])

    def _entries(self, names: tuple[str, ...]) -> list[Entry]:
        """Those of the fields that are to be stated, at times a label without a value among them."""
        draw, facts = self._draw, self.facts
        entries: list[Entry] = []
        pair = draw.pick((("units_produced", "units_planned"), ("units_planned", "units_produced")))
        if all(one in names and facts.has(one) for one in pair) and draw.chance(_PAIRED):
            labels, texts = zip(*map(facts.entry, pair), strict=True)
            entries.append((" / ".join(labels), " / ".join(texts)))
        for name in names:
            if name == "date" and facts.has(name) and draw.chance(_CLOCK):
                begun, done, after = draw.pick((("06:00", "14:00", 0), ("22:00", "06:00", 1)))
                ended = facts.written(facts.day + timedelta(days=after))
                entries.append((facts.label("started"), f"{facts.say(name)} {begun}"))
                entries.append((facts.label("ended"), f"{ended} {done}"))
            elif facts.has(name):
                entries.append(facts.entry(name))
            elif name in facts.unstated and draw.chance(_EMPTY):
                entries.append((facts.label(name), draw.pick(("-", "n/a", "---", "?"))))
        return entries

    def _others(self, most: int) -> list[Entry]:
        """What stands beside and is not asked."""
        draw, facts = self._draw, self.facts
        others = draw.shuffled(facts.words["others"])[: draw.below(most + 1)]
        return [(draw.pick(names.split("|")), facts.of(kind)) for names, kind in others]

    def _printed(self) -> list[Entry]:
        draw, facts = self._draw, self.facts
        if "date" not in facts.texts or not draw.chance(_PRINTED):
            return []
        day = facts.written(facts.day + timedelta(days=draw.below(3)))
        clock = draw.pick(("", f" {6 + draw.below(12):02}:{10 + draw.below(50)}"))
        return [(facts.label("printed"), day + clock)]

    def _rows(self) -> tuple[list[Entry], list[Entry]]:
        """The entries of who and when, and of how many."""
        draw = self._draw
        who, figures = self._entries(_WHO), self._entries(_FIGURES)
        if self._is_rated:
            figures += [self.facts.entry(one) for one in RATES]
        who, figures = who if draw.chance(0.6) else draw.shuffled(who), figures
        figures = figures if draw.chance(0.5) else draw.shuffled(figures)
        others = self._others(7)
        at = draw.below(len(others) + 1)
        return [*who, *self._printed(), *others[:at]], self._mixed(figures, others[at:])

    def _mixed(self, entries: list[Entry], others: list[Entry]) -> list[Entry]:
        """The others behind the entries, or among them."""
        for one in others:
            entries.insert(self._draw.pick((len(entries), self._draw.below(len(entries) + 1))), one)
        return entries

    def _page(self) -> str:
        """A form, or a table with what stands above and below it."""
        draw, facts = self._draw, self.facts
        rows = self._blocks.table() if self.kind == "table" else []
        title = self._title()
        foot = self._foot() if draw.chance(0.4) else []
        stops = self._blocks.stops() if draw.chance(0.6 if rows else 0.8) else []
        who, figures = self._rows()
        stops = stops or ([": ".join(facts.entry("downtime_causes"))] if facts.has("downtime_causes") else [])
        table = self._blocks.laid(rows) if rows else []
        if draw.chance(0.2):
            top = [beside(labelled(who, draw), labelled(figures, draw), 30 + draw.below(30))]
        elif draw.chance(0.15):
            top = [labelled([*who, *figures], draw)]
        else:
            top = [labelled(who, draw), draw.pick((labelled, labelled, band))(figures, draw)]
        blocks = dict(zip(("section_who", "section_units"), top, strict=False))
        blocks["table"], blocks["section_stops"] = table, stops
        blocks["section_notes"] = self._remarks(3)
        headed = draw.chance(_HEADED)
        parts = [[title]]
        for name, block in blocks.items():
            # A list of stops says what it is.
            heading = [facts.label(name)] if name != "table" and (headed or name == "section_stops") else []
            if block and (name != "section_stops" or headed or draw.chance(0.85)):
                block = [*(one.upper() if headed and draw.chance(0.2) else one for one in heading), *block]
            parts.append(block)
        gap = draw.pick(("\n", "\n", "\n\n"))
        return gap.join("\n".join(block) for block in [*parts, foot] if block)

    def _foot(self) -> list[str]:
        """Who signs."""
        draw, facts = self._draw, self.facts
        if not facts.has("supervisor"):
            return []
        label, name = facts.entry("supervisor")
        gap = draw.pick((": ", "  ", "\n", ": "))
        return [f"{label}{gap}{name}"] if draw.chance(0.8) else [f"{label}: __{name}__"]

    def _remarks(self, most: int) -> list[str]:
        """Sentences that tell nothing that is asked."""
        chosen = self._draw.shuffled(self.facts.words["remarks"])[: self._draw.below(most + 1)]
        return [self.facts.filled(one) for one in chosen]

    def _markdown(self) -> str:
        """Headings, bold labels, and tables or lists."""
        draw, facts, blocks = self._draw, self.facts, self._blocks
        rows = blocks.table() if draw.chance(0.4) else []
        title = self._title()
        form = draw.pick(("**{}:** {}", "- **{}**: {}", "- {}: {}", "* {}: {}", "**{}** {}  ", "| {} | {} |"))
        stops = blocks.stop_rows() if facts.has("downtime_causes") and draw.chance(0.5) else []
        listed = [] if stops else [f"- {one.strip('- ')}" for one in blocks.stops()]
        parts = [form.format(*one) for group in self._rows() for one in group]
        if form[0] == "|":
            parts[:0] = ["| | |", "|---|---|"]
        tables = [[f"| {' | '.join(row)} |" for row in one] for one in (rows, stops) if one]
        for table in tables:
            table.insert(1, "|" + "---|" * (table[0].count("|") - 1))
        if stops or listed:
            stops_part = [f"## {facts.label('section_stops')}", "", *(tables.pop() if stops else listed)]
        else:
            stops_part = []
        notes = [f"> {one}" for one in self._remarks(2)]
        return "\n\n".join(
            "\n".join(one) for one in ([f"# {title}"], parts, *tables, stops_part, notes, self._foot()) if one
        )

    def _sentences(self) -> list[str]:
        """Sentences that each tell what none before did, then others that tell nothing asked."""
        draw, facts = self._draw, self.facts
        told: list[str] = []
        facts.drop(*(() if self._is_rated else RATES))
        for kind in ("openings", "sentences"):
            most = 1 + draw.below(2) if kind == "openings" else 3 + draw.below(6)
            for one in draw.shuffled(facts.words[kind]):
                if most and facts.states(one):
                    told.append(facts.filled(one))
                    most -= 1
        for one in self._remarks(4):
            told.insert(1 + draw.below(len(told)) if told else 0, one)
        return told

    def _mail(self) -> str:
        """The shift lead's own words."""
        draw, facts = self._draw, self.facts
        opening, closing = draw.pick(facts.words["around"])
        closing = facts.filled(closing) if facts.states(closing) else ""
        told = self._sentences()
        at = draw.below(len(told)) if draw.chance(0.4) else 0
        body = [" ".join(told[:at]), " ".join(told[at:])]
        return "\n\n".join(part for part in (facts.filled(opening), *body, closing) if part)

    def _note(self) -> str:
        """Bullets of sentences, and of labels and values."""
        draw, facts = self._draw, self.facts
        title = self._title()
        if draw.chance(0.55):
            told = self._sentences()
        else:
            names = [one for one in (*_WHO, *_FIGURES) if facts.has(one)]
            entries = [*self._entries(tuple(draw.shuffled(names)[: 3 + draw.below(8)])), *self._others(3)]
            told = [f"{label}: {text}" for label, text in draw.shuffled(entries)] + self._remarks(2)
        stops = self._blocks.stops()
        mark = draw.pick(("- ", "* ", "• ", "", "> "))
        return "\n".join([title, *(mark + one for one in told), *stops, *self._foot()])
