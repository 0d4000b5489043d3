"""Writes a made-up valuation around its facts: a report, a letter, a memo, a sheet of key facts, a mail."""

from typing import Any

from writers.form_parts import slots
from writers.page_layout import Entry, as_read, beside, between, labelled, wrapped
from writers.valuation_facts import ValuationFacts
from writers.valuation_parts import Evidence

from thresher.adapters.training.draw import Draw

#: The fields of each part, in the order in which they are told.
_PARTS = {
    "head": ("property_address", "client", "valuation_date", "appraiser"),
    "site": ("lot_size",),
    "building": ("floor_area", "year_built", "condition"),
    "income": ("annual_rent", "cap_rate_percent"),
    "value": ("approach", "market_value"),
}
#: How often others' sales and what each approach comes to are listed, the address stands below the title,
#: lines are broken as a page has them, and the value comes first.
_SALES, _INDICATED, _TOP, _BROKEN, _FIRST = 0.5, 0.3, 0.3, 0.35, 0.12
#: How often the appraiser signs who is named above, and a valuation is long.
_SIGNS, _LONG = 0.4, 0.22
#: So many mails that say the most of it are drawn from.
_MAILS = 6


class Valuation:
    """Writes one valuation in parts, each in sentences or as labelled values."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._draw, self.facts = draw, ValuationFacts(words, draw)
        self._evidence = Evidence(self.facts, draw)
        self._beside: set[str] = set()
        self._is_long = draw.chance(_LONG)
        self._heads, self._is_upper, self._number = draw.below(6), draw.chance(0.25), 0
        self._words = self.facts.names

    def write(self) -> tuple[str, dict[str, Any]]:
        """Its text, and its gold."""
        draw, facts = self._draw, self.facts
        match draw.below(12):
            case 0:
                mails = [one for one in self._words["mails"] if facts.states(one)]
                mails = sorted(mails, key=lambda one: len(slots(one)))[-_MAILS:]
                text = facts.filled(draw.pick(mails)) if mails else self._letter()
            case 1 | 2 | 3:
                text = self._letter()
            case 4:
                text = self._memo()
            case 5 | 6 | 7:
                text = as_read(self._sheet(), draw)
            case _:
                text = as_read(self._report(draw.pick((0.9, 0.6, 0.3))), draw)
        return text.replace("\u00a0", " ").replace("..", "."), facts.gold()

    def _report(self, share: float) -> str:
        """Parts under headings, so many of them as labelled values."""
        draw, facts = self._draw, self.facts
        title = [facts.filled(draw.pick(self._words["titles"]))]
        if "property_address" in facts.texts and draw.chance(_TOP):
            title += self._address_lines()
        parts = self._parts()
        if draw.chance(_FIRST):
            parts = ["value", *(one for one in parts if one != "value")]
        blocks = [title, self._part("head", share, draw.chance(0.4))]
        blocks += [self._part(one, share, self._heads < 5) for one in parts]
        if self._is_long and facts.is_said("market_value"):
            blocks.append([f"{facts.label('market_value')}: {facts.say('market_value')}"])
        ends = self._ends()
        blocks += [self._heading("end") + ends] if ends else []
        blocks.append(self._signature())
        return draw.pick(("\n", "\n\n", "\n\n")).join("\n".join(one) for one in blocks if one)

    def _letter(self) -> str:
        """A letter in paragraphs, from the firm to the client."""
        draw, facts, words = self._draw, self.facts, self._words
        top = [facts.of("firm"), f"{facts.of('house')} {facts.of('street')}"][: draw.below(3)]
        top += [facts.of("reported")] if draw.chance(0.7) else []
        who = [facts.say("client")] if "client" in facts.texts and draw.chance(0.6) else []
        who += [facts.of("comp")] if who and draw.chance(0.3) else []
        about = []
        if "property_address" in facts.texts and draw.chance(0.6):
            lines = self._address_lines()
            about = [f"{draw.pick(words['opening'])}: {lines[0]}", *lines[1:]]
        greeting = facts.filled(draw.pick(words["greetings"])) + ","
        paragraphs = [" ".join(self._told(one)) for one in ["head", *self._parts(False)]]
        if draw.chance(_SALES):
            paragraphs.insert(-1, "\n".join(self._evidence.sales()))
        paragraphs = [one for one in paragraphs if one]
        if draw.chance(0.3):  # all in one or two
            paragraphs = [" ".join(paragraphs[:2]), *paragraphs[2:]]
        paragraphs += self._ends()
        parting = [facts.filled(draw.pick(words["partings"])), *self._signature(True)]
        blocks = ["\n".join(one) for one in (top, who, about, [greeting]) if one]
        return "\n\n".join([*blocks, *self._broken(paragraphs), "\n".join(parting)])

    def _memo(self) -> str:
        """Four lines of who writes to whom, then a few points."""
        draw, facts = self._draw, self.facts
        to, sender, on, about = draw.pick(self._words["memo"])
        is_from = "appraiser" in facts.texts and draw.chance(0.6)
        reader = facts.say("client") if "client" in facts.texts else draw.pick(self._words["readers"])
        lines = [
            f"{to}: {reader}",
            f"{sender}: {facts.say('appraiser') if is_from else facts.of('firm')}",
            f"{on}: {facts.of('reported')}",
            f"{about}: {facts.say('property_address')}" if "property_address" in facts.texts else "",
        ]
        points = [f"- {label}: {text}" for one in self._parts(False) for label, text in self._entries(one)]
        told = self._broken([" ".join(self._told("head"))])
        blocks = [[one for one in lines if one], told, points, self._evidence.sales(), self._ends()[:1]]
        if draw.chance(0.5):
            blocks.insert(2, blocks.pop(3))
        return "\n\n".join("\n".join(one) for one in blocks if one)

    def _sheet(self) -> str:
        """Key facts alone."""
        draw, facts = self._draw, self.facts
        entries = [one for part in ["head", *self._parts(False)] for one in self._entries(part)]
        if draw.chance(0.3):
            entries = draw.shuffled(entries)
        elif draw.chance(0.3):
            entries = [*entries[-2:], *entries[:-2]]
        title = [draw.pick(self._words["sheets"])]
        if draw.chance(0.25):
            rows = ["| | |", "|---|---|"] if draw.chance(0.5) else []
            lines = rows + [f"| {label} | {text} |" for label, text in entries]
        elif draw.chance(0.2):
            half = len(entries) // 2
            lines = beside(labelled(entries[:half], draw), labelled(entries[half:], draw), 40)
        else:
            lines = self._laid(entries)
        sales = self._evidence.sales() if draw.chance(_SALES) else []
        blocks = [title, lines, sales, self._ends()[:1], [facts.of("firm")] if draw.chance(0.4) else []]
        return draw.pick(("\n", "\n\n")).join("\n".join(one) for one in blocks if one)

    def _parts(self, with_sales: bool = True) -> list[str]:
        """The parts behind the first."""
        draw, facts = self._draw, self.facts
        parts = ["site"] if "lot_size" in facts.texts or draw.chance(0.5) else []
        parts += ["building"] if facts.kind != "land" else []
        is_let = facts.kind in ("commercial", "multi") or bool(facts.texts.keys() & set(_PARTS["income"]))
        parts += ["income"] if is_let or (facts.kind != "land" and draw.chance(0.15)) else []
        parts += ["sales"] if with_sales and draw.chance(_SALES) else []
        return [*parts, "value"]

    def _part(self, part: str, share: float, is_headed: bool) -> list[str]:
        draw = self._draw
        if part == "sales":
            return (self._heading("comps") if is_headed else []) + self._evidence.sales()
        if draw.chance(share):
            lines = self._laid(self._entries(part))
        else:
            lines = self._broken([" ".join(self._told(part))])
        if part == "value" and draw.chance(_INDICATED):
            lines = self._evidence.indications() + lines
        lines = [one for one in lines if one]
        return (self._heading(part) if is_headed and lines else []) + lines

    def _heading(self, part: str) -> list[str]:
        heading = str(self._draw.pick(self._words["headings"][part]))
        heading = heading.upper() if self._is_upper else heading
        self._number += 1
        forms = ("{1}", "{0}. {1}", "{0}.0 {1}", "## {1}", "{1}:", "{1}")
        return [forms[self._heads].format(self._number, heading)]

    def _entries(self, part: str) -> list[Entry]:
        """The labelled values of a part that are not said yet, among what is beside."""
        draw, facts = self._draw, self.facts
        entries = []
        for name in _PARTS[part]:
            if name in facts.texts and not facts.is_said(name):
                entries.append(facts.entry(name))
        for labels, kind in draw.shuffled(self._words["others"][part])[: draw.below(5) + 2 * self._is_long]:
            if kind not in self._beside:
                self._beside.add(kind)
                entries.append((draw.pick(labels.split("|")), facts.say(kind)))
        return entries if draw.chance(0.4) else draw.shuffled(entries)

    def _told(self, part: str) -> list[str]:
        """The sentences of a part, each field that is not said yet in one, and others among them."""
        draw, facts = self._draw, self.facts
        sentences = []
        for name in _PARTS[part]:
            if name not in facts.texts or facts.is_said(name):
                continue
            fitting = [one for one in self._words["sentences"][name] if facts.states(one)]
            fresh = [one for one in fitting if not any(map(facts.is_said, slots(one)))]
            template = draw.pick(fresh or fitting)
            self._beside |= slots(template)
            sentences.append(facts.filled(template))
        for aside in draw.shuffled(self._words["asides"][part])[: draw.below(4) + 2 * self._is_long]:
            if facts.states(aside) and not slots(aside) & (self._beside - {"person", "earlier"}):
                self._beside |= slots(aside)
                sentences.insert(draw.below(len(sentences) + 1), facts.filled(aside))
        return sentences

    def _laid(self, entries: list[Entry]) -> list[str]:
        draw = self._draw
        if draw.chance(0.1):
            return [draw.pick(("; ", ". ", " | ")).join(f"{label}: {text}" for label, text in entries)]
        if draw.chance(0.15):
            gap = between(draw)
            return [f"{draw.pick(('- ', '* ', '  '))}{label}{gap}{text}" for label, text in entries]
        return labelled(entries, draw)

    def _address_lines(self) -> list[str]:
        """The address in one line, or over two where it has a comma."""
        text = self.facts.say("property_address")
        first, comma, rest = text.partition(",\u00a0")
        return [f"{first},", rest] if comma and self._draw.chance(0.35) else [text]

    def _ends(self) -> list[str]:
        return self._broken(
            self._draw.shuffled(self._words["ends"])[
                : self._draw.pick((3, 4, 6) if self._is_long else (0, 1, 1, 2, 3))
            ]
        )

    def _broken(self, paragraphs: list[str]) -> list[str]:
        """The paragraphs, at times in lines as a page has them."""
        if not self._draw.chance(_BROKEN):
            return paragraphs
        wide = 56 + self._draw.below(44)
        return [one if "\n" in one else wrapped(one, wide) for one in paragraphs]

    def _signature(self, is_letter: bool = False) -> list[str]:
        """Who signs, with the firm and the licence."""
        draw, facts = self._draw, self.facts
        is_new = "appraiser" in facts.texts and not facts.is_said("appraiser")
        signs = is_new or ("appraiser" in facts.texts and draw.chance(_SIGNS))
        lines = ["", facts.say("appraiser")] if signs else []
        if lines and draw.chance(0.35):
            lines.append(str(draw.pick(self._words["names"]["appraiser"].split("|"))))
        if is_letter or draw.chance(0.3):
            lines.append(facts.of("firm"))
        if lines and draw.chance(0.2):
            lines.append(f"{draw.pick(('License', 'Reg.', 'No.', 'Lic. #'))} {facts.of('licence')}")
        return lines
