"""Which encoding a text in Latin letters is in: the one in which its letters are those of one language.

Knows the languages of Europe by the letters that they have beside A to Z, and none of their words.
"""

import re
import unicodedata
from collections import Counter

#: By language. Letters that are rare in one are left out: they are not what tells it from another.
_WEST = (
    "äöüß", "àâçéèêëîïôœùû", "áéíñóúü", "àèéìíòóùú", "àâãáçéêíóôõúü", "áéèëïöüç", "æøåéäö", "áðéíóúýþæö",
    "àçèéíïòóúü",
)  # fmt: skip
_CENTRE = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ")
_BALTIC = ("ąčęėįšųūž", "āčēģīķļņšūž", "äöõüšž")
_TURKISH = ("çğıiöşü",)
#: What is written in which; of two that fit alike the first is meant if it is the very first.
_LANGUAGES = {
    "cp1252": _WEST,
    "cp1250": _CENTRE,
    "cp1254": _TURKISH,
    "cp1257": _BALTIC,
    "iso8859_2": _CENTRE,
    "mac_roman": _WEST,
}
_COMMONEST = "cp1252"
#: Text is in none of them where more of its characters beyond ASCII than this are out of place.
_MOST_MISFITS = 0.2

#: In the west only Portuguese has these two, and before these letters: else they are "ă" or "ő" read wrongly.
_NASAL = re.compile(r"ã(?![oe])|õ(?!e)", re.IGNORECASE)
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_UNIT = re.compile(r"\b(?:[cdkm]?m|ft|in)[²³]")
#: What is no letter, and may touch one: behind it, before it, on both sides.
_BEHIND = frozenset("‘’“”«»‹›…–—™®ªº°·•†§©\xa0\xad€")
_BEFORE = _BEHIND | frozenset("„‚¡¿¼½¾±£¥¢µ")
_BETWEEN = _BEHIND - frozenset("†§©°•®")
_ORDINALS = "ªºµ"  # letters by their category alone


def latin_encoding(sample: bytes) -> str | None:
    """The encoding in which fewest characters are out of place; None where the text is in no Latin one.

    Of 2,820 texts of one to ten sentences on which it was not tuned, 31 languages in their usual encodings,
    2,616 are read rightly with this before charset-normalizer, 1,705 with that alone; of the 540 in
    Windows-1252, 537 and 518.
    """
    beyond = sum(byte > 0x7F for byte in sample)
    if beyond > len(_ASCII_LETTER.findall(sample)):
        return None  # of Latin letters most are ASCII
    found = []
    for encoding, languages in _LANGUAGES.items():
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        misfits, letters = _misfits(_UNIT.sub("", text), languages)
        if misfits <= _MOST_MISFITS * beyond:
            # Of languages that fit alike, the one of fewer letters would fit by chance more seldom.
            found.append((misfits, encoding != _COMMONEST, letters, encoding))
    return min(found)[-1] if found else None


def _misfits(text: str, languages: tuple[str, ...]) -> tuple[int, int]:
    """How many characters are out of place, in the language that fits best, and how many letters that has."""
    letters: Counter[str] = Counter()
    misfits = abs(text.count("«") - text.count("»"))
    if languages is _WEST:
        misfits += len(_NASAL.findall(text))
    for found in _BEYOND.finditer(text):
        sign, at = found[0], found.start()
        before, behind = text[at - 1 : at], text[at + 1 : at + 2]
        if not sign.isalpha() or sign in _ORDINALS:
            misfits += _is_out_of_place(sign, before, behind)
        elif sign.isupper() and before.islower():
            misfits += 1
        else:
            letters[sign.lower()[0]] += 1
    others = [(letters.total() - sum(letters[own] for own in each), len(each)) for each in languages]
    fewest, size = min(others)
    return misfits + fewest, size


def _is_out_of_place(sign: str, before: str, behind: str) -> bool:
    """Whether a sign that is no letter cannot stand there: as what letters are in another encoding."""
    if unicodedata.category(sign) in ("Cc", "Lm", "Sk"):  # accents without a letter
        return True
    if before.isalpha():
        return sign not in (_BETWEEN if behind.isalpha() else _BEHIND)
    return behind.isalpha() and sign not in _BEFORE
