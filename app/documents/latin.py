"""Which encoding a text in Latin letters is in: the one in which its letters are those of one language.

Knows the languages of Europe by the letters that they have beside A to Z, and none of their words.
"""

import re
import unicodedata
from collections import Counter

#: By language, or by two of one country. Letters that are rare are left out: they do not tell it from others.
_WEST = (
    "äöüß", "àâçéèêëîïôœùû", "áéíñóúü", "àèéìíòóùú", "àâãáçéêíóôõúü", "áéèëïöüç", "æøåéäö", "áðéíóúýþæö",
    "àçèéíïòóúü", "àâäçéèêëîïôöœùûüß", "àäèéìíòóöùúüß",
)  # fmt: skip
_CENTRE = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíľňóôšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţ")
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
#: Names from abroad stand in text of any language: how much of a misfit a letter of theirs is, in the one
#: encoding that has most of them.
_FOREIGN = 0.5
_OF_NAMES = {_COMMONEST: frozenset("šž".join(_WEST))}
#: Text is in none of them where more of its characters beyond ASCII than this are out of place.
_MOST_MISFITS = 0.2

#: In the west only Portuguese has these two, and before these letters: else they are "ă" or "ő" read wrongly.
_NASAL = re.compile(r"ã(?![oe])|õ(?!e)", re.IGNORECASE)
#: No word has so many one after another, and a rule or a row of dots has the same ones: another script.
_RUN = re.compile(r"[^\x00-\x7f\xa0]{4,}")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_GEMINATE = re.compile("l·l", re.IGNORECASE)
#: What is no letter, and may touch one: behind it, before it, on both sides.
_BEHIND = frozenset("‘’“”«»‹›…–—™®ªº°·•†§©¹²³\xa0\xad€")
_BEFORE = _BEHIND | frozenset("„‚¡¿¼½¾±£¥¢µ")
_BETWEEN = frozenset("’…–—\xa0\xad")
_ORDINALS = "ªºµ"  # letters by their category alone


def latin_encoding(sample: bytes) -> str | None:
    """The encoding in which fewest characters are out of place; None where the text is in no Latin one.

    Of 2,820 texts of one to ten sentences, 31 languages in their usual encodings, 2,613 are read rightly with
    this before charset-normalizer, 1,705 with that alone; of the 540 in Windows-1252, 536 and 518. Of 576 in
    English there with names from up to four countries 544 and 524; of 560 with a line in another script, in
    the encoding of that, 396 and 400.
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
        of_names = _OF_NAMES.get(encoding, frozenset())
        misfits, letters = _misfits(_GEMINATE.sub("ll", text), languages, of_names)
        if misfits <= _MOST_MISFITS * beyond:
            # Of languages that fit alike, the one of fewer letters would fit by chance more seldom.
            found.append((misfits, encoding != _COMMONEST, letters, encoding))
    return min(found)[-1] if found else None


def _misfits(text: str, languages: tuple[str, ...], of_names: frozenset[str]) -> tuple[float, int]:
    """How many characters are out of place, in the language that fits best, and how many letters that has."""
    letters: Counter[str] = Counter()
    misfits = float(abs(text.count("«") - text.count("»")))
    misfits += sum(len(run) for run in _RUN.findall(text) if len(set(run)) > 2)
    if languages is _WEST:
        misfits += len(_NASAL.findall(text))
    for found in _BEYOND.finditer(text):
        sign, at = found[0], found.start()
        before, behind = text[at - 1 : at], text[at + 1 : at + 2]
        if not sign.isalpha() or sign in _ORDINALS:
            misfits += _is_out_of_place(sign, before, behind)
        elif behind.isdigit() or _is_of_other_case(sign, before, behind):
            misfits += 1
        else:
            letters[sign.lower()[0]] += 1
    weights = {letter: number * (_FOREIGN if letter in of_names else 1) for letter, number in letters.items()}
    others = [(sum(weights[one] for one in weights if one not in each), len(each)) for each in languages]
    fewest, size = min(others)
    return misfits + fewest, size


def _is_out_of_place(sign: str, before: str, behind: str) -> bool:
    """Whether a sign that is no letter cannot stand there: as what letters are in another encoding."""
    if unicodedata.category(sign) in ("Cc", "Lm", "Sk"):  # accents without a letter
        return True
    if before.isalpha():
        # Nor would a letter stand between a small one and a capital: the sign parts two words.
        inside = behind.isalpha() and not (before.islower() and behind.isupper())
        return sign not in (_BETWEEN if inside else _BEHIND)
    return behind.isalpha() and sign not in _BEFORE


def _is_of_other_case(letter: str, before: str, behind: str) -> bool:
    if letter.isupper():
        return before.islower()
    return letter != "ß" and before.isupper() and behind.isupper()
