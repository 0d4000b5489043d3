"""Writes a made-up press release on a company's figures: a headline, then sentences that say them."""

from datetime import timedelta

from writers.form_parts import capital, filled, slots
from writers.statement_facts import WORDS, StatementFacts

from thresher.adapters.training.draw import Draw

#: What a release is at most made of, and how often its place and day stand before its first sentence.
_SAYS, _CHATTERS, _PLACED = 8, 5, 0.5


class StatementRelease:
    """One release of figures, in millions or whole."""

    def __init__(self, facts: StatementFacts, draw: Draw) -> None:
        self._facts, self._draw = facts, draw
        self._sum = draw.pick(WORDS["sums"])
        self.is_in_millions = "in_millions" in self._sum
        facts.say_in(*((1, 4) if self.is_in_millions else (0, 6)))

    def write(self) -> str:
        """Its text."""
        draw = self._draw
        says = [one for one in draw.shuffled(WORDS["sentences"]) if self._can_say(one)][
            : 2 + draw.below(_SAYS)
        ]
        chatter = draw.shuffled(WORDS["chatter"])[: draw.below(_CHATTERS)]
        headlines = [one for one in WORDS["headlines"] if self._can_say(one)]
        parts = [self._sentence(draw.pick(headlines))]
        sentences = [self._sentence(one) for one in draw.shuffled([*says, *chatter])]
        if draw.chance(_PLACED):
            place = (
                f"{draw.pick(WORDS['places'])}, {self._facts.written(self._facts.days[0] + timedelta(40))}"
            )
            sentences[0] = place + draw.pick((" - ", ". ", ": ", " (Newswire) -- ")) + sentences[0]
        bullet = draw.pick(("", "", "", "- ", "\N{BULLET} "))
        while sentences:
            many = 1 if bullet else 1 + draw.below(4)
            parts.append(bullet + " ".join(sentences[:many]))
            sentences = sentences[many:]
        return draw.pick(("\n", "\n\n")).join(parts)

    def _can_say(self, template: str) -> bool:
        """Whether none of its figures is below nought: of a loss or a fall it would need other words."""
        figures = self._facts.figures
        return all(
            figures[name.removeprefix("was_")][name.startswith("was_")] > 0 for name in self._named(template)
        )

    def _named(self, template: str) -> list[str]:
        return [name for name in slots(template) if name.removeprefix("was_") in self._facts.figures]

    def _sentence(self, template: str) -> str:
        for name in self._named(template):
            self._facts.say_figure(name)
        return capital(filled(template, self._said))

    def _said(self, name: str) -> str:
        facts, draw = self._facts, self._draw
        match name:
            case "company":
                return facts.say_company()
            case "period" | "Period":
                called = facts.periods[0]
                called = " ".join(map(capital, called.split())) if name == "Period" else called
                facts.say_period(facts.gold["period"] or called)
                return called
            case "day":
                return facts.say_last_day()
            case "later":
                return facts.written(facts.days[0] + timedelta(41))
            case "person":
                return facts.person()
            case "year":
                return str(1950 + draw.below(60))
            case "count":
                return facts.plain(20 + draw.below(9000), 0)
            case "dividend":
                return self._coin(draw.below(300) / 100)
            case "percent" | "revenue_growth":
                return facts.plain(
                    facts.figures[name][0] if name in facts.figures else draw.below(600) / 10, 1
                )
            case "earnings_per_share" | "basic":
                return self._coin(facts.figures[name][0])
            case "other":
                return self._money(facts.one()[0])
            case _:
                return self._money(facts.figures[name.removeprefix("was_")][name.startswith("was_")])

    def _money(self, value: float) -> str:
        """A sum; it tells the currency and the unit."""
        facts, form = self._facts, self._sum
        figure = facts.plain(value, facts.decimals)
        known = {"code": facts.code, "name": facts.name, "figure": figure, "signed": facts.signed(figure)}
        text = filled(form["text"], known.__getitem__)
        facts.gold["currency"] = facts.currency_in(text)
        facts.gold["unit"] = form.get("unit")
        return text

    def _coin(self, value: float) -> str:
        facts = self._facts
        plain = facts.plain(value, 2)
        return self._draw.pick((facts.signed(plain), f"{facts.code} {plain}"))
