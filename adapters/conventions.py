"""How a document writes its dates and numbers, for each of its windows: one alone may not show it."""

from functools import cached_property

from thresher.adapters.dates import DateOrder
from thresher.adapters.number_writing import NumberWriting


class Conventions:
    """Those of a text. They are read when they are first asked for: most fields need neither."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def dates(self) -> DateOrder:
        """Whether the day or the month comes first."""
        return DateOrder.of(self._text)

    @cached_property
    def numbers(self) -> NumberWriting:
        """Which mark parts thousands, and which decimals."""
        return NumberWriting.of(self._text)
