import pytest

from thresher.app.documents.read import read_bytes

SIZE = 10
WIDE = 0.6 * SIZE
#: Each mark takes 0.6 of its size.
EVEN = f"/Subtype/TrueType/BaseFont/Courier/FirstChar 0/LastChar 255/Widths[{'600 ' * 256}]"


def page(*objects: tuple[float, float, list[str]], font: str = EVEN) -> bytes:
    """A PDF of marks drawn from (left, baseline), each saying what is given: a letter or several."""
    codes: dict[str, int] = {}
    drawn = []
    for left, baseline, marks in objects:
        shown = "".join(f"{codes.setdefault(mark, len(codes) + 65):02x}" for mark in marks)
        drawn.append(f"BT /F {SIZE} Tf {left} {baseline} Td <{shown}> Tj ET")
    content = "\n".join(drawn)
    says = "\n".join(f"<{code:02x}> <{mark.encode('utf-16-be').hex()}>" for mark, code in codes.items())
    codespace = "1 begincodespacerange <00> <ff> endcodespacerange"
    meaning = f"begincmap {codespace} {len(codes)} beginbfchar\n{says}\nendbfchar endcmap"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        f"<</Type/Font{font}/ToUnicode 6 0 R>>",
        f"<</Length {len(meaning)}>>stream\n{meaning}\nendstream",
    ]
    body = "\n".join(f"{number} 0 obj\n{text}\nendobj" for number, text in enumerate(parts, start=1))
    return f"%PDF-1.7\n{body}\ntrailer<</Root 1 0 R>>\n%%EOF".encode()


def read(*objects: tuple[float, float, list[str]], font: str = EVEN) -> str:
    return read_bytes(page(*objects, font=font), "page.pdf").text


@pytest.mark.parametrize("ligature", ["fi", "fl", "ff", "ffi", "ffl", "Th", "(c)", "\U0001d7d8\U0001d7d9"])
def test_a_mark_that_says_several_letters_stands_whole_in_its_word(ligature: str) -> None:
    assert read((50, 700, ["o", ligature, "c", " ", ligature, "d"])) == f"o{ligature}c {ligature}d\n"


def test_a_ligature_of_a_slanted_font_that_reaches_back_under_the_last_letter() -> None:
    slanted = "/Subtype/Type1/BaseFont/Times-Italic/Encoding<</Differences[65/c/o/n/fi/d/e/t]>>"
    assert read((50, 700, ["c", "o", "n", "fi", "d", "e", "n", "t"]), font=slanted) == "confident\n"


def test_a_ligature_has_the_box_of_its_mark() -> None:
    document = read_bytes(page((50, 700, ["o", "ffi", "c"])), "page.pdf")
    left, _, right, _ = document.place(0, len("office") - 1).box or (0, 0, 0, 0)
    assert (left, right) == pytest.approx((50, 50 + 3 * WIDE), abs=0.1)


def test_letters_that_are_laid_over_one_another_are_no_ligature() -> None:
    assert read((50, 700, ["a", "_"]), (50 + WIDE, 700, ["X", "c"])) == "a_ Xc\n"
