"""How other languages than English name the months: in full, as a date inflects them, and shortened."""

from unicodedata import combining, normalize

# German, Dutch, Danish, Norwegian, Swedish, Finnish, French, Spanish, Italian, Portuguese and Polish, a month
# in a line, where they differ from English. No name is that of two months.
_MONTHS = (
    "januar jänner januari tammikuuta janvier enero gennaio janeiro stycznia jän janv ene gen sty",
    "februar februari helmikuuta février febrero febbraio fevereiro lutego févr fév fev lut",
    "märz maart mars marts maaliskuuta marzo março marca mär mrt",
    "huhtikuuta avril abril aprile kwietnia avr abr kwi",
    "mai mei maj toukokuuta mayo maggio maio maja mag",
    "juni kesäkuuta juin junio giugno junho czerwca giu cze",
    "juli heinäkuuta juillet julio luglio julho lipca juil lug lip",
    "augustus augusti elokuuta août agosto sierpnia ago sie",
    "syyskuuta septembre septiembre setiembre settembre setembro września sett set wrz",
    "oktober lokakuuta octobre octubre ottobre outubro października okt ott out paź",
    "marraskuuta novembre noviembre novembro listopada lis",
    "dezember desember joulukuuta décembre diciembre dicembre dezembro grudnia dez déc dic gru",
)


def plain(name: str) -> str:
    """The name in small letters without accents, which a reader of pages may lose."""
    return "".join(letter for letter in normalize("NFD", name.casefold()) if not combining(letter))


#: The number of each month by its names, in small letters without accents.
NUMBERS = {plain(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
#: Any of these names, with its accents or without, the longest first.
ANY_NAME = "|".join(sorted({*NUMBERS, *" ".join(_MONTHS).split()}, key=lambda one: (-len(one), one)))
