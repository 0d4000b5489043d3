"""A person's name with the family name first, of a text that writes it in the order in which it is spoken."""


def spoken(name: str) -> str | None:
    """'Hyunmo Koo' of 'Koo, Hyunmo'; None of a name that has no comma, or nothing on one side of it."""
    family, _, given = (part.strip() for part in name.partition(","))
    return f"{given} {family}" if family and given else None


def family_first(text: str, name: str) -> str:
    """The words of `text`, which writes `name` as it is spoken, with the family name of `name` first.

    'KOO, HYUNMO' of 'HYUNMO  KOO' and 'Koo, Hyunmo'.
    """
    words = text.split()
    given = len(words) - len(name.partition(",")[0].split())
    return f"{' '.join(words[given:])}, {' '.join(words[:given])}"
