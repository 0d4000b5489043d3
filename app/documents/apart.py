"""What keeps numbers apart that would run together in a line: 4,512³ is not 45123, nor 2½ 21/2.

Knows no format: whoever joins a line's pieces puts a sign where one may be needed, which no text has.
"""

import re

#: A blank where a letter or digit would touch another: in equations.
WORDS = "\0"
#: A blank where a number would touch another: around what is raised or lowered. 4th stays a word.
NUMBERS = "\1"

# Possessive: many signs in a row are looked at once.
_TOUCHING = re.compile(r"(?<=\w)\x01*\0[\0\x01]*(?=\w)|(?<=\d)\x01++(?=[-+−–]?\x01*+\d)")


def joined(text: str) -> str:
    """The text with its signs as blanks where they are needed, and as nothing elsewhere."""
    return _TOUCHING.sub(" ", text).replace(WORDS, "").replace(NUMBERS, "")
