"""Signs of Windows' symbol fonts, which have codes of their own → Unicode."""

#: What stands for a sign that is not known.
LOST = "\N{REPLACEMENT CHARACTER}"


def _from(start: int, signs: str) -> dict[int, str]:
    return dict(enumerate(signs, start))


#: Forms are ticked with these; numbers in circles and arrows stand in lists.
_WINGDINGS = {
    **_from(0x6C, "●❍■□"),
    **_from(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    **_from(0xA7, "▪☐"),
    **_from(0xDF, "←→↑↓"),
    **_from(0xFB, "✗✓☒☑"),
    0x6F: "☐",
    0x78: "☒",
    0xD8: "➢",
    0xE8: "➔",
}
_WINGDINGS_2 = {**_from(0x4F, "✗✓☒☑☒☒"), 0xA3: "☐"}
_SYMBOL = {
    **_from(0x20, " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"),
    **_from(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"),
    **_from(0xA0, "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
    **_from(0xD2, "®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"),
    **_from(0xE2, "®©™∑"),
}
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}
#: What such a font's codes begin at where they are written as characters of a document.
_OFFSET = 0xF000


def sign(font: str, code: str) -> str:
    """The sign of a font at a hexadecimal code; LOST where it is not known."""
    try:
        own = _FONTS.get(font.casefold())
        letter = chr(int(code, 16)) if own is None else own.get(int(code, 16) % _OFFSET, LOST)
    except (ValueError, OverflowError):
        return LOST
    return LOST if "\ue000" <= letter <= "\uf8ff" else letter
