"""How a text writes numbers: what digits that points and commas join may stand for.

Knows no sign, scale or word around them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Digits of a number; a longer run is an identifier.
MAX_DIGITS = 40

#: Digits, alone or joined: '12', '1,234.5'. '.5' is none of them.
JOINED = re.compile(r"(?<!\d)(?<!\A\.)(?<![^\w.]\.)\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}")  # the second as in India


class NumberWriting(NamedTuple):
    """How a text writes numbers, told by those that can be read in one way only.

    English are '12.5', '1,234.5' and '1,234,567', continental '12,5', '1.234,5' and '1.234.567'; where a text
    has both, nothing is known. A point before decimals tells that a comma groups. That a point is never a
    group's mark it does not tell, for '2.1' may stand in any text: groups with commas do. So the other way.
    Where nothing tells, three noughts are a group: nobody counts to '3,000' in thousandths.
    """

    english: bool
    english_groups: bool
    continental: bool
    continental_groups: bool

    @classmethod
    def of(cls, text: str) -> "NumberWriting":
        """What the text's digits that are joined by points and commas tell."""
        tokens = (found[0] for found in JOINED.finditer(text))
        amounts = [(token, *_amounts(token)) for token in tokens if not token.isdecimal()]
        english = [token for token, here, there in amounts if here is not None and there is None]
        continental = [token for token, here, there in amounts if here is None and there is not None]
        return cls(
            bool(english),
            any("," in token for token in english),
            bool(continental),
            any("." in token for token in continental),
        )

    def may_be(self, token: str) -> tuple[bool, bool]:
        """Whether a token like '1,234' or '1.234' may be 1234, and whether it may be 1.234."""
        if self.english == self.continental:
            return True, self.english or not token.endswith("000")
        if "," in token:
            return not self.continental_groups, not self.english
        return not self.english_groups, not self.continental


#: Every reading that there is.
ANY_WRITING = NumberWriting(True, False, True, False)


def readings(token: str, at: int, writing: NumberWriting) -> Iterator[tuple[int, int, float]]:
    """The numbers that a JOINED token may be, as [start, end) and value; parts of a list where it is none.

    `at` is where the token begins.
    """
    end = at + len(token)
    if token.isdecimal():
        if len(token) <= MAX_DIGITS:
            yield at, end, exact(token)
        return
    amounts = [amount for amount in _amounts(token) if amount is not None]
    if len(amounts) == 2:
        both = zip(sorted(amounts, reverse=True), writing.may_be(token), strict=True)
        amounts = [amount for amount, may in both if may]
    for amount in amounts:
        yield at, end, amount
    if not amounts:
        separator = "," if "," in token else "."
        for part in token.split(separator):
            yield from readings(part, at, writing)
            at += len(part) + 1


def _amounts(token: str) -> tuple[float | None, float | None]:
    """The token as one number, in English and in continental writing; None where it is none."""
    if len(token) > MAX_DIGITS:
        return None, None
    return _amount(token), _amount(token.translate({ord("."): ",", ord(","): "."}))


def _amount(written: str) -> float | None:
    whole, point, fraction = written.partition(".")
    plain = whole.isdecimal() or (whole[0] != "0" and _GROUPED.fullmatch(whole))
    if plain and (fraction.isdecimal() if point else True):
        return exact(whole.replace(",", "") + point + fraction)
    return None


def exact(digits: str) -> float:
    """With a point a float, which keeps 15 digits; else a whole number, which keeps all of them."""
    return float(digits) if "." in digits else int(digits)
