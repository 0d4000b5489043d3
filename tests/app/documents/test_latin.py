"""Which encoding a text in Latin letters is in."""

import pytest

from thresher.app.documents.latin import latin_encoding
from thresher.app.documents.read import read_bytes

POLISH = "Faktura VAT nr 12/2024\nNabywca: Łukasz Żak, ul. Świętokrzyska 5, Łódź\nDo zapłaty: 1 234,50 zł\n"
CZECH = "Faktura č. 2024001\nOdběratel: Jiří Šťastný, Dlouhá 3, Plzeň\nCelkem k úhradě: 12 345,50 Kč\n"
HUNGARIAN = "Számla\nVevő: Kovács Gergő, 1051 Budapest, Fő utca 3.\nFizetendő összeg: 12 500 Ft\n"
SLOVENE = "Račun št. 12\nKupec: Žiga Šuštar, Ljubljana\nZa plačilo: 120,50 EUR\n"
ROMANIAN = "Factură nr. 5\nCumpărător: Ştefan Ţăranu, Iaşi\nSumă de plată: 120,00 lei\n"
LITHUANIAN = "Sąskaita faktūra Nr. 5\nPirkėjas: Žydrūnas Šimkus, Kaunas\nIš viso: 99,00 EUR\n"
LATVIAN = "Rēķins Nr. 5\nPircējs: Jānis Bērziņš, Rīga\nKopā apmaksai: 99,00 EUR\n"
TURKISH = "Fatura No 5\nAlıcı: Gülşen Yıldız, İstanbul\nToplam: 99,00 TL\n"
GERMAN = "Rechnung Nr. 12\nKunde: Jürgen Groß, Köln\nGesamtbetrag: 1.234,50 €\nFällig am 3. März 2024\n"
FRENCH = "Facture n° 12\nClient : Société Générale d’Équipement\nMontant à régler : 1 234,50 €\n"
SPANISH = "Factura nº 12\nCliente: Íñigo Muñoz, Málaga\n¿Cuánto? Importe total: 1.234,50 €\n"
PORTUGUESE = "Fatura n.º 12\nCliente: João Gonçalves, São Paulo\nDescrição: maçãs e pão, R$ 12,50\n"
ENGLISH = "“Quoted” receipt – it’s £12.50\nArea 50 m² ± 2, 5 µg/ml, ¼lb at 20°C\nACME® © 2020: word—word\n"


@pytest.mark.parametrize("case", [str, str.upper])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, "cp1250") for text in (POLISH, CZECH, HUNGARIAN, SLOVENE, ROMANIAN)),
        *((text, "iso8859_2") for text in (POLISH, CZECH, HUNGARIAN, SLOVENE, ROMANIAN)),
        *((text, "cp1257") for text in (LITHUANIAN, LATVIAN)),
        *((text, "cp1252") for text in (GERMAN, FRENCH, SPANISH, PORTUGUESE, ENGLISH)),
        *((text, "mac_roman") for text in (GERMAN, FRENCH, SPANISH, PORTUGUESE)),
    ],
)
def test_a_short_text_is_read_as_it_was_written(text: str, encoding: str, case: type[str]) -> None:
    written = case(text).encode(encoding, errors="ignore")  # not every one has a small and a large "µ"
    assert read_bytes(written, "a.txt").text == written.decode(encoding)


def test_turkish_is_told_from_the_languages_of_the_west() -> None:
    assert read_bytes(TURKISH.encode("cp1254"), "a.txt").text == TURKISH


def test_of_encodings_that_fit_alike_the_commonest_is_meant() -> None:
    assert latin_encoding("Lo scontrino è già pagato".encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    "text",
    [
        "Client: Jäger & Fils, Genève\nPayé à réception\n",
        "The total¹ is due, see note³\nPrice £12.50, area 50 m², ¹ net\n",
        "Paris•London•Rome\n",
        "Author: Dvorák, Škoda works\n",
        "RENÉ, JÉRÔME AND ŠKODA\n",
    ],
)
def test_names_from_abroad_and_footnotes_do_not_take_a_text_out_of_the_commonest(text: str) -> None:
    assert read_bytes(text.encode("cp1252"), "a.txt").text == text


def test_a_long_text_is_told_by_the_part_that_has_more_than_ascii() -> None:
    text = "Item;Sum\n" * 20_000 + POLISH
    assert read_bytes(text.encode("cp1250"), "a.txt").text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Invoice No 12, to be paid by bank transfer\nBuyer: ООО Ромашка\n", "cp866"),
        ("Invoice No 12, to be paid by bank transfer\nBuyer: данный\n", "cp1251"),
        ("Договор заключён", "cp1251"),
        ("請求書の合計金額", "shift_jis"),
        ("שלום", "cp1255"),
    ],
)
def test_other_scripts_are_none_of_its_business(text: str, encoding: str) -> None:
    assert latin_encoding(text.encode(encoding)) is None


def test_the_note_names_the_encoding_that_was_found() -> None:
    (note,) = read_bytes(POLISH.encode("iso8859_2"), "a.txt").notes
    assert "read as iso-8859-2" in note
