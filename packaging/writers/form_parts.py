"""What made-up forms are written with: values of each kind, and the layouts of forms that became text."""

import re
from calendar import month_name
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from thresher.adapters.training.draw import Draw

_YES_NO = (("yes", "no"), ("Yes", "No"), ("Y", "N"), ("[x]", "[ ]"), ("true", "false"))
_BETWEEN = (": ", ": ", " : ", "  ", " - ", " = ", ":\t", " ..... ")
_SLOT = re.compile(r"{(\w+)}")


def slots(template: str) -> set[str]:
    """The names in braces."""
    return set(_SLOT.findall(template))


def filled(template: str, value: Callable[[str], str]) -> str:
    """The template with a value in place of each name in braces, in their order."""
    return _SLOT.sub(lambda at: value(at[1]), template)


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def coded(form: str, draw: Draw, least: int = 0) -> str:
    """With a digit, `least` or more, in place of each `#`, and a letter in place of each `@`."""
    letters = {"#": lambda: str(least + draw.below(10 - least)), "@": lambda: chr(65 + draw.below(26))}
    return "".join(letters[one]() if one in letters else one for one in form)


def with_marks(number: str, thousands: str, point: str) -> str:
    """A number as English writes it (`1,234.5`), with these marks in place of the comma and the point."""
    return number.translate({ord(","): thousands, ord("."): point})


#: The months of other languages than English.
_MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}


def written_day(day: date, form: str, language: str = "en") -> str:
    """A day in a form of `strftime`; a number behind a space has no nought before it."""
    if language in _MONTHS:
        form = form.replace("%B", _MONTHS[language].split()[day.month - 1])
    return day.strftime(form).replace(" 0", " ")


def laid_out(entries: list[tuple[str, str]], draw: Draw) -> str:
    """The entries, each a label and its value, in one of the layouts that forms have once they are text."""
    between, layout = draw.pick(_BETWEEN), draw.below(6)
    lines = [f"{label}{between}{value}" for label, value in entries]
    match layout:
        case 0 | 1:
            return "\n".join(lines)
        case 2:  # two columns
            pairs = [lines[at : at + 2] for at in range(0, len(lines), 2)]
            return "\n".join("      ".join(pair) for pair in pairs)
        case 3:  # each label above its value
            return "\n".join(f"{label}\n{value}" for label, value in entries)
        case 4:  # tables of three columns
            rows = [entries[at : at + 3] for at in range(0, len(entries), 3)]
            return "\n".join(
                "   ".join(label for label, _ in row) + "\n" + "   ".join(value for _, value in row)
                for row in rows
            )
        case _:  # prose
            verb = draw.pick(("is", "was", "reads"))
            return " ".join(f"{label} {verb} {value}." for label, value in entries)


class Values:
    """Values of each kind: as gold, and as a document writes them. A document writes all dates alike."""

    def __init__(self, words: dict[str, Any], draw: Draw) -> None:
        self._words, self._draw = words, draw
        self._dates, self._money = draw.below(6), draw.below(5)
        self._yes_no = draw.pick(_YES_NO)

    def of(self, kind: str, name: str) -> tuple[Any, str]:
        """A value, and its text."""
        draw = self._draw
        match kind:
            case "date":
                day = date(1990, 1, 1) + timedelta(days=draw.below(13000))
                return day.isoformat(), self._date(day)
            case "money":
                amount = draw.below(100 ** (1 + draw.below(3)) * 100) / 100
                return amount, self._sum(amount)
            case "amount":
                amount = draw.below(900) / 10
                return amount, f"{amount:g}"
            case "count":
                count = 1 + draw.below(draw.pick((10, 100, 5000)))
                return count, str(count)
            case "flag":
                flag = draw.chance(0.5)
                return flag, self._yes_no[0 if flag else 1]
            case "choice":
                values = self._words["choices"][name]
                value = draw.pick(list(values))
                return value, draw.pick(values[value])
            case "things":
                items = list(dict.fromkeys(self._thing() for _ in range(1 + draw.below(5))))
                return items, draw.pick((", ", "; ", " / ")).join(items)
            case _:
                text = self._text(kind)
                return text, text

    def company(self) -> str:
        """The name of a company."""
        first, last = (self._words["companies"][part] for part in ("first", "last"))
        return f"{self._draw.pick(first)} {self._draw.pick(last)}"

    def address(self) -> str:
        """A postal address in one line."""
        draw = self._draw
        street = f"{1 + draw.below(180)} {draw.pick(self._words['streets'])}"
        return f"{street}, {draw.pick(self._words['places'])} {10000 + draw.below(89999)}"

    def _text(self, kind: str) -> str:
        draw, words = self._draw, self._words
        first, last = draw.pick(words["people"]["first"]), draw.pick(words["people"]["last"])
        match kind:
            case "person":
                return draw.pick((f"{first} {last}", f"{last}, {first}", f"Dr {first} {last}"))
            case "company":
                return self.company()
            case "place":
                return str(draw.pick(words["places"]))
            case "address":
                return self.address()
            case "email":
                return f"{first}.{last}@example.{draw.pick(('com', 'org', 'net'))}".lower()
            case "phone":
                return f"+{10 + draw.below(80)} {100 + draw.below(900)} {1000000 + draw.below(8999999)}"
            case "code":
                letters = "".join(chr(65 + draw.below(26)) for _ in range(draw.below(4)))
                number = str(draw.below(10 ** (2 + draw.below(7))))
                return f"{letters}{draw.pick(('', '-', '/', ' ')) if letters else ''}{number}"
            case "measure":
                return f"{draw.below(5000) / 10:g} {draw.pick(words['units'])}"
            case _:
                return self._thing()

    def _thing(self) -> str:
        words, draw = self._words, self._draw
        return f"{draw.pick(words['adjectives'])} {draw.pick(words['nouns'])}".title()

    def _date(self, day: date) -> str:
        month = month_name[day.month]
        forms = (
            day.isoformat(),
            f"{day.day} {month} {day.year}",
            f"{month} {day.day}, {day.year}",
            f"{day.day:02}.{day.month:02}.{day.year}",
            f"{day.day:02}-{month[:3]}-{day.year % 100:02}",
            f"{day.day:02}/{day.month:02}/{day.year}",
        )
        return forms[self._dates]

    def _sum(self, amount: float) -> str:
        forms = (
            f"{amount:,.2f}",
            f"${amount:,.2f}",
            f"{amount:.2f} EUR",
            f"GBP {amount:,.2f}",
            f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".") + " €",
        )
        return forms[self._money]
