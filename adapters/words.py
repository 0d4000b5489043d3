"""What makes one word of a text: the letters, or the digits, that a quotation may not cut."""

import re
import unicodedata

#: Scripts that are written without spaces between words, which may be cut anywhere: Thai, Lao, Burmese,
#: Khmer, Chinese, Japanese. Korean has spaces, but puts endings behind a name without one.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
#: Accents and vowels that stand on a letter. `\w` of Python's has none of them.
_MARKS = "".join(
    mark for mark in map(chr, range(0x300, 0xFE30)) if unicodedata.category(mark).startswith("M")
)
_ANYWHERE = re.compile(rf"[{_UNSPACED}\u2e80-\U0010ffff]")
_MARK = re.compile(f"[{_MARKS}]")

#: What a quotation may not cut: a run of digits, or of letters with what stands on them; any other character.
WORD = re.compile(
    rf"\d+|[{_UNSPACED}][{_MARKS}]*|[^\W\d_{_UNSPACED}](?:[^\W\d_{_UNSPACED}]|[{_MARKS}])*|.", re.DOTALL
)


def joins(left: str, right: str) -> bool:
    """Whether two characters that stand side by side are of one word; either may be ""."""
    if _MARK.match(right):
        return left.isalnum() or bool(_MARK.match(left))
    if not right.isalnum() or not (left.isalnum() or _MARK.match(left)):
        return False
    return not (_ANYWHERE.match(left) or _ANYWHERE.match(right))
