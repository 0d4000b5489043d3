"""Text of documents and files, made fit to be shown: no control character reaches a terminal, no line's end
makes a second line of one.
"""

import unicodedata


def visible(text: str) -> str:
    """The text with control and format characters made visible, one for one. Tabs and newlines stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(char) for char in text)


def one_line(text: str) -> str:
    """Visible text on one line."""
    return visible(text).replace("\n", "⏎").replace("\t", " ")


def _visible(char: str) -> str:
    if char in "\t\n":
        return char
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        code = ord(char)
        if code < 0x20:
            return chr(0x2400 + code)
        return "␡" if code == 0x7F else "�"
    return char
