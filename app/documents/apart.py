"""What keeps numbers apart that would run together in a line: 4,512³ is not 45123, nor 2½ 21/2.

Knows no format: whoever joins a line's pieces puts a sign where one may be needed, which no text has.
"""

import re

#: A blank where a letter or digit would touch another: in equations.
WORDS = "\0"
#: A blank where a number would touch another.
NUMBERS = "\1"
#: Around what is raised, and around what is lowered: NUMBERS before and behind it. Pieces beside one another
#: are one, as a word is of which programs make several; an empty one is none. 4th stays a word.
RAISED, LOWERED = ("\2", "\3"), ("\4", "\5")

# Possessive: many signs in a row are looked at once.
_TOUCHING = re.compile(r"(?<=\w)\x01*\0[\0\x01]*(?=\w)|(?<=\d)\x01++(?=[-+−–]?\x01*+\d)")
_AROUND = re.compile(r"[\2-\5]+")


def joined(text: str) -> str:
    """The text with its signs as blanks where they are needed, and as nothing elsewhere."""
    text = _AROUND.sub(_between, text)
    return _TOUCHING.sub(" ", text).replace(WORDS, "").replace(NUMBERS, "")


def _between(signs: re.Match[str]) -> str:
    """NUMBERS where what is before the signs stands higher or lower than what is behind them."""
    level = all(signs[0].count(before) == signs[0].count(behind) for before, behind in (RAISED, LOWERED))
    return "" if level else NUMBERS
