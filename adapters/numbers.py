"""The numbers that a text states. Knows no field and no record."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal

from thresher.adapters.number_writing import JOINED, MAX_DIGITS, NumberWriting, exact, readings

#: From one to twenty, in order.
COUNTING_WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_DIGITS = {word: str(number) for number, word in enumerate(COUNTING_WORDS, 1)}
# Without regard to case among ASCII letters alone: others fold to them too, as the long s of 'ſix'.
_WORD = re.compile(r"(?<!\w)(?ai:" + "|".join(sorted(COUNTING_WORDS, key=len, reverse=True)) + r")(?!\w)")
#: With a power of ten, as programs print it: '5e-05', '1.5E+06'. Less than the least is 0 in an answer.
_POWERS = re.compile(
    r"(?<![\w.,])(?<!\w[-−])(?P<mantissa>\d+(?:[.,]\d+)?)[eE](?P<power>[-+−]\d{1,2})(?![-\w]|[.,]\d)"
)
_LEAST = 5e-7
_POINT = re.compile(r"(?<![\w.,])\.\d+(?![.,]?\d)")
_GAPS = r"[ \u00a0\u2007\u2009\u202f'’]"
_SPACED = re.compile(
    rf"(?<!\d)(?<!\d[.,])\d{{1,3}}(?P<gap>{_GAPS})\d{{3}}(?:(?P=gap)\d{{3}})*(?:[.,]\d{{1,2}})?(?![.,]?\d)"
)
#: Every sign of Unicode's category Sc.
_SIGNS = "$¢-¥֏؋߾߿৲৳৻૱௹฿៛₠-⃀꠸﷼﹩＄￠￡￥￦"
_IS_MONEY = re.compile(f"[{_SIGNS}]")
#: A pattern. Behind a number few codes are taken for one of money: '(50 KG)' is nothing owed.
MONEY_CODES = "EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|SGD|HKD|MYR|THB|RM"
#: '$', 'US$', or a code, as 'RM' and 'USD' are.
_CURRENCY = rf"(?:[A-Z]{{0,2}}[{_SIGNS}]|[A-Z]{{2,3}}|Rs\.?|[Kk]r\.?|Fr\.?)"
#: The longest of what may stand between a number and the end of what stands before: '- US$ '.
_BEFORE = 7
_SIGN = re.compile(rf"(?P<dash>[-−‐‑－–])(?:(?P<apart>\s?)(?P<of>{_CURRENCY})\s?)?\Z")
#: Where a dash behind it is a sign; and what may stand between: emphasis, quotes, marks of direction.
_FREE = frozenset(["", *"([{:;=<|~≈"])
_MARKS = frozenset("*\"'“”‘’«»„\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Behind the sum, as tills and bookkeeping programs print it; in '13.02.19-' there is none.
_SIGN_BEHIND = re.compile(r"(?<=[.,]\d\d)(?<![.,]\d[.,]\d\d)(?<![.,]\d\d[.,]\d\d)[-−](?!\S)")
_SCALE = re.compile(r"\s{0,2}(?ai:((?:thousand|million|billion|trillion)s?|mn|mm|bn|tn|k|m|b|t))(?!\w)")
_SCALES = {"t": 1e12, "b": 1e9, "m": 1e6, "k": 1e3, "thousand": 1e3}
_OPEN = re.compile(rf"\(\s?{_CURRENCY}?\s?\Z")
_CLOSE = re.compile(rf"\s?(?:%|[{_SIGNS}]|{MONEY_CODES})?\s?\)")


def digits_of(word: str) -> str:
    """The digits of a word that counts, from one to twenty; "" of any other."""
    return _DIGITS.get(word.lower(), "")


def numbers_in(text: str, writing: NumberWriting | None = None) -> Iterator[tuple[int, int, float]]:
    """Every number that the text states, as [start, end) and its value; in no order.

    Where a writing is ambiguous each reading is given: '3.5 million' is 3.5 and 3500000, '(123)' and '- $123'
    are 123 and -123, '1,234' is what `writing` says, the text's own where it is None. Words count from one
    to twenty.
    """
    writing = NumberWriting.of(text) if writing is None else writing
    parts: set[int] = set()
    for found in _POWERS.finditer(text):
        mantissa, power = found["mantissa"].replace(",", "."), found["power"].replace("−", "-")
        if "." in mantissa:
            parts |= {found.start(), found.start("power") + 1}
        elif (len(mantissa), len(power)) != (1, 3):
            continue  # no program prints it so: a code
        value = float(f"{mantissa}e{power}")
        if value >= _LEAST and len(mantissa) <= MAX_DIGITS:
            yield from _in_context(text, found.start(), found.end(), value)
    for found in JOINED.finditer(text):
        if found.start() not in parts:
            for start, end, value in readings(found[0], found.start(), writing):
                yield from _in_context(text, start, end, value)
    for found in _POINT.finditer(text):
        yield from _in_context(text, found.start(), found.end(), float(found[0]))
    for found in _SPACED.finditer(text):
        plain = re.sub(_GAPS, "", found[0]).replace(",", ".")
        if len(plain) <= MAX_DIGITS:
            yield from _in_context(text, found.start(), found.end(), exact(plain))
    for found in _WORD.finditer(text):
        yield found.start(), found.end(), float(digits_of(found[0]))


def in_digits(number: float) -> str:
    """The number as JSON has it, but a small one in digits too: 0.00001, where Python writes 1e-05."""
    written = json.dumps(number)
    return format(Decimal(written), "f") if "e-" in written else written


def _in_context(text: str, start: int, end: int, value: float) -> Iterator[tuple[int, int, float]]:
    """The number with the sign, the brackets and the scale that stand around it."""
    sign = _sign(text, start)
    if sign:
        code = (sign["of"] or "").isalpha()
        # It may part the sum from what it is of, as in 'Total - $5.00', or join a name: 'Form -AB12'.
        if sign["apart"] or sign["dash"] == "–" or code or text[sign.start() - 1 : sign.start()] == ",":
            yield start, end, value
        start, value = sign.start(), -value
    yield start, end, value
    scaled = _scaled(text, end, value)
    if scaled:
        yield start, *scaled
    if sign:
        return
    if not scaled and (behind := _SIGN_BEHIND.match(text, end)):
        yield start, behind.end(), -value
    elif bracket := _OPEN.search(text, max(start - _BEFORE, 0), start):
        yield from _in_brackets(text, bracket, end, value, scaled)


def _in_brackets(
    text: str, bracket: re.Match[str], end: int, value: float, scaled: tuple[int, float] | None
) -> Iterator[tuple[int, int, float]]:
    """The number below zero, where its brackets close behind it, or behind what scales it."""
    if scaled:
        before = text[max(bracket.start() - 1, 0) : bracket.start()]
        of_money = len(bracket[0].strip()) > 1 or _IS_MONEY.match(before)
        if len(text[end : scaled[0]].strip()) < 3 and not of_money:
            return  # no scale: '(1994b)', '(50K)'
        end, value = scaled
    if close := _CLOSE.match(text, end):
        yield bracket.start(), close.end(), -value
        # A letter alone is a word's there, as in '(1994) T. Smith'.
        if not scaled and (behind := _scaled(text, close.end(), -value, least=2)):
            yield bracket.start(), *behind


def _sign(text: str, start: int) -> re.Match[str] | None:
    """The dash before a number, with its currency, where it may be a sign: it joins no word, number or range.

    Between it and what stands before may be marks: '**-5**' is negative, '**2019**-20' a range.
    """
    sign = _SIGN.search(text, max(start - _BEFORE, 0), start)
    if sign is None:
        return None
    at = sign.start()
    while at and text[at - 1] in _MARKS:
        at -= 1
    before, further = text[at - 1 : at], text[at - 2 : at - 1] if at > 1 else ""
    if before == "," or _IS_MONEY.match(before):
        return None if further.isdigit() else sign
    return sign if before.isspace() or before in _FREE else None


def _scaled(text: str, end: int, value: float, least: int = 1) -> tuple[int, float] | None:
    """Where the word of a scale behind a number ends, of `least` letters at least; what it makes of it."""
    found = _SCALE.match(text, end)
    if not found or len(found[1]) < least:
        return None
    word = found[1].lower().removesuffix("s")
    return found.end(), value * (_SCALES.get(word) or _SCALES[word[0]])
