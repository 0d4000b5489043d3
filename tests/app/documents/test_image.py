import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from thresher.app.documents import ocr
from thresher.app.documents.errors import CorruptDocumentError, EmptyDocumentError, OversizedDocumentError
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import read_bytes

TEXT = "OFFER 4711\nNails   12.50\nTotal   13.75\n"


def saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_name, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("format_name", "ending"),
    [("PNG", "png"), ("JPEG", "jpg"), ("BMP", "bmp"), ("WEBP", "webp"), ("TIFF", "tif")],
)
def test_every_format_is_read_with_boxes_in_pixels(scan: Image.Image, format_name: str, ending: str) -> None:
    document = read_bytes(saved(scan, format_name), f"offer.{ending}")
    assert document.text == TEXT
    assert (document.kind, document.pages, document.ocr_pages) == ("image", 1, 1)
    place = document.place(document.text.index("12.50"), document.text.index("12.50") + 5)
    assert place.page == 1
    assert place.box is not None
    assert place.box[0] == pytest.approx(450, abs=12)
    assert place.box[1] == pytest.approx(140, abs=15)


def test_a_picture_under_another_picture_s_ending_is_the_same_document(scan: Image.Image) -> None:
    data = saved(scan, "JPEG")
    right, other = read_bytes(data, "offer.jpg"), read_bytes(data, "offer.png")
    assert (other.kind, other.text, other.notes) == ("image", right.text, right.notes) == ("image", TEXT, ())


@pytest.mark.parametrize(
    "turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270]
)
def test_a_photograph_that_lies_on_its_side_is_turned(scan: Image.Image, turn: Image.Transpose) -> None:
    document = read_bytes(saved(scan.transpose(turn), "PNG"), "turned.png")
    assert document.text == TEXT


def test_the_camera_s_note_of_how_it_was_held_is_heeded(scan: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to show
    data = saved(scan.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)
    document = read_bytes(data, "photo.jpg")
    assert document.text == TEXT
    box = document.regions[0].box
    assert box is not None
    assert box[0] == pytest.approx(30, abs=12)  # of the picture as it is shown


def test_each_frame_of_a_tiff_is_a_page(scan: Image.Image) -> None:
    second = Image.new("RGB", (400, 100), "white")
    data = saved(scan, "TIFF", save_all=True, append_images=[second, scan.convert("1")])
    document = read_bytes(data, "fax.tiff")
    assert document.text == f"{TEXT}\n\n{TEXT}"
    assert (document.pages, document.ocr_pages) == (3, 3)
    assert document.notes == ("page 2 holds no text that the OCR can see",)
    assert [region.page for region in document.regions] == [1] * 5 + [3] * 5


def test_a_phone_s_photograph_is_read_once(scan: Image.Image) -> None:
    data = saved(scan, "MPO", save_all=True, append_images=[scan.resize((350, 150))])
    document = read_bytes(data, "phone.jpg")
    assert document.text == TEXT
    assert (document.pages, document.ocr_pages, document.notes) == (1, 1, ())


def test_see_through_and_deep_grey_pictures_are_read(scan: Image.Image) -> None:
    clear = Image.new("RGBA", scan.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=scan.convert("L").point(lambda v: 255 - v))
    assert read_bytes(saved(clear, "PNG"), "clear.png").text == TEXT
    deep = scan.convert("L").convert("I").point(lambda v: v * 16).convert("I;16")
    assert read_bytes(saved(deep, "TIFF"), "deep.tif").text == TEXT


def test_a_large_photograph_keeps_its_own_pixels_in_the_boxes(scan: Image.Image) -> None:
    data = saved(scan.resize((4200, 1800)), "JPEG")
    document = read_bytes(data, "large.jpg")
    assert "12.50" in document.text
    start = document.text.index("12.50")
    box = document.place(start, start + 5).box
    assert box is not None
    assert box[0] == pytest.approx(2700, abs=60)


def test_a_line_of_text_in_a_long_strip_is_read_with_its_place() -> None:
    strip = Image.new("RGB", (3000, 20), "white")
    ImageDraw.Draw(strip).text((1500, 0), "Total 12.50", font=ImageFont.load_default(18), fill="black")
    document = read_bytes(saved(strip, "PNG"), "strip.png")
    assert document.text == "Total 12.50\n"
    (region,) = document.regions
    assert region.box is not None
    assert region.box == pytest.approx((1500, 0, 1600, 20), abs=25)


@pytest.mark.parametrize("size", [(2400, 8), (3, 5000), (2000, 1)])
def test_a_thin_line_of_a_picture_holds_no_text(size: tuple[int, int]) -> None:
    with pytest.raises(EmptyDocumentError, match=r"line\.png"):
        read_bytes(saved(Image.new("RGB", size, "navy"), "PNG"), "line.png")


def test_a_picture_that_breaks_the_ocr_is_named(scan: Image.Image, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(pixels: object) -> None:
        raise RuntimeError("no kernel")

    monkeypatch.setattr(ocr, "_engine", lambda: fails)
    with pytest.raises(CorruptDocumentError, match=r"offer\.png: .*no kernel"):
        read_bytes(saved(scan, "PNG"), "offer.png")


def test_narrow_spaces_between_words_are_kept() -> None:
    image = Image.new("RGB", (500, 160), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    for top, line in ((20, "06-05-2018 19:50:14"), (90, "Invoice 4711 for wood")):
        left = 20.0
        for word in line.split():
            draw.text((left, top), word, font=font, fill="black")
            left += draw.textlength(word, font=font) + 6
    # As the recogniser weighs a space by itself, the first line comes out as one word.
    text = read_bytes(saved(image, "PNG"), "narrow.png").text
    assert text == "06-05-2018 19:50:14\nInvoice 4711 for wood\n"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = saved(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < 100_000
    with pytest.raises(OversizedDocumentError, match=r"bomb\.png: the image has more than 80 million pixels"):
        read_bytes(bomb, "bomb.png")
    with pytest.raises(OversizedDocumentError):
        read_bytes(saved(Image.new("L", (200, 200)), "PNG"), "small.png", limits=Limits(image_pixels=30_000))


def test_a_picture_that_ends_early_is_corrupt_and_a_blank_one_empty(scan: Image.Image) -> None:
    with pytest.raises(CorruptDocumentError, match=r"half\.jpg"):
        read_bytes(saved(scan, "JPEG")[:2000], "half.jpg")
    with pytest.raises(EmptyDocumentError, match=r"blank\.png.*scan it again"):
        read_bytes(saved(Image.new("RGB", (300, 300), "white"), "PNG"), "blank.png")
