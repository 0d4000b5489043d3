import pytest
from fpdf import FPDF

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


def drawn(text: str) -> list[str]:
    """A text of one direction from right to left, as it stands on the page from left to right."""
    return list(text[::-1])


def each_by_itself(text: str) -> list[tuple[float, float, list[str]]]:
    return [(50 + WIDE * at, 700, [letter]) for at, letter in enumerate(drawn(text))]


@pytest.mark.parametrize("text", ["שלום עולם", "دفتر الشيكات", "سلام", "דו״ח"])
def test_text_that_runs_left_is_read_from_the_right(text: str) -> None:
    assert read((50, 700, drawn(text))) == f"{text}\n"


def test_letters_that_run_left_are_read_alike_in_whatever_order_they_were_drawn() -> None:
    word = "שלום"
    letters = each_by_itself(word)
    for order in (letters, letters[::-1], letters[2:] + letters[:2]):
        assert read(*order) == f"{word}\n"


@pytest.mark.parametrize("ligature", ["لا", "\ufefb"])
def test_a_ligature_that_runs_left_keeps_the_order_of_its_letters(ligature: str) -> None:
    assert read((50, 700, ["م", ligature, "س"])) == "سلام\n"


def test_points_stand_behind_the_letters_that_carry_them() -> None:
    assert read((50, 700, ["ם", "לָ"])) == "לָם\n"


def test_numbers_latin_words_and_brackets_keep_their_order_in_a_line_that_runs_left() -> None:
    prose = (50.0, 760.0, drawn("הצעת מחיר לאספקת ברגים ומסמרים לבניין הראשי"))
    line = [*"(John Smith) ", *drawn("של"), *" 03/04/2024-", *drawn("ב"), *" ₪1,250.00 :", *drawn("יתרה")]
    assert read(prose, (50, 700, line)).splitlines()[1] == "יתרה: ₪1,250.00 ב-03/04/2024 של (John Smith)"


def test_a_name_that_runs_left_stands_in_its_place_in_a_line_that_runs_right() -> None:
    line = [*"Paid by (", *drawn("דוד כהן"), *") in full, 1,250.00"]
    assert read((50, 700, line)) == "Paid by (דוד כהן) in full, 1,250.00\n"


def test_columns_of_a_page_that_runs_left_are_read_from_the_right() -> None:
    table = [
        (50, 700, drawn("סכום")),
        (200, 700, drawn("כמות")),
        (350, 700, drawn("פריט")),
        (50, 680, [*"1,250.00"]),
        (200, 680, [*"3"]),
        (350, 680, drawn("ברגים")),
        (50, 660, [*"40.00"]),
        (200, 660, [*"7"]),
    ]
    assert read(*table) == "פריט   כמות   סכום\nברגים   3   1,250.00\n7   40.00\n"


def test_a_part_of_a_word_that_runs_left_has_its_box_at_the_right() -> None:
    document = read_bytes(page((50, 700, drawn("שלום"))), "page.pdf")
    left, _, right, _ = document.place(0, 1).box or (0, 0, 0, 0)
    assert (left, right) == pytest.approx((50 + 3 * WIDE, 50 + 4 * WIDE), abs=0.1)


def placed(*texts: tuple[float, float, str], by: float = 0) -> str:
    """What is read of texts at (left, baseline), their letters spaced out."""
    pdf = FPDF(unit="pt", format=(600, 800))
    pdf.set_font("Helvetica", size=11)
    pdf.add_page()
    pdf.set_char_spacing(by)
    for left, baseline, text in texts:
        pdf.text(left, baseline, text)
    return read_bytes(bytes(pdf.output()), "placed.pdf").text


@pytest.mark.parametrize("by", [0, 1, 2, 3, 4])
def test_letters_that_are_spaced_out_make_words(by: float) -> None:
    lines = ("TOTAL 1,234.50", "DATE OF INVOICE 11", "Office of Finance")
    texts = [(50, 100 + 30 * number, line) for number, line in enumerate(lines)]
    assert placed(*texts, by=by).splitlines() == list(lines)


def test_single_signs_at_even_steps_stay_apart() -> None:
    steps = [(50 + 1.4 * WIDE * at, 700.0, [sign]) for at, sign in enumerate("12345")]
    assert read(*steps) == "1 2 3 4 5\n"
    steps_of_unlike = [(50 + 12 * at, 60.0, sign) for at, sign in enumerate("ABCIJKM")]
    assert placed(*steps_of_unlike).split() == list("ABCIJKM")


def test_words_that_are_spaced_out_end_at_a_wider_gap_where_the_file_has_no_spaces() -> None:
    words = [(50, 60, "TOTAL"), (98, 60, "DUE"), (130, 60, "4")]
    assert placed(*words, by=2) == "TOTAL DUE 4\n"
