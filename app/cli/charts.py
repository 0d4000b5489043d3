"""Small charts of plain characters: a loss over the steps, and losses side by side. At most 80 columns."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

#: Eighths of a cell, from none to seven.
_EIGHTHS = " ▏▎▍▌▋▊▉"
#: Cells of the curve.
_COLUMNS, _ROWS = 60, 8
#: Braille: two columns of four dots a cell, and the bit of each dot, the lowest first.
_BRAILLE = 0x2800
_DOTS = ((0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08))
_HELD_BACK = "●"

Points = Sequence[tuple[int, float]]


def loss_curve(training: Points, held_back: Points, steps: int) -> Iterator[str]:
    """The lines of a chart of (step, loss): dots in training, ● held back. Steps count from 1, losses from 0.

    Where several steps share a column of dots it shows their mean, and where a column has none the line goes
    through. Nothing is drawn of fewer than two points.
    """
    if len(training) < 2:
        return
    top = max(loss for _, loss in (*training, *held_back)) or 1.0
    cells = [[0] * _COLUMNS for _ in range(_ROWS)]
    for x, loss in _line(training, steps):
        y = _place(loss, top, 4 * _ROWS)
        cells[y // 4][x // 2] |= _DOTS[x % 2][y % 4]
    marks = {(_place(loss, top, _ROWS), _place(step - 1, steps - 1, _COLUMNS)) for step, loss in held_back}
    for row in reversed(range(_ROWS)):
        label = f"{top:.3f}" if row == _ROWS - 1 else "0" if row == 0 else ""
        line = (
            _HELD_BACK if (row, column) in marks else chr(_BRAILLE + dots) if dots else " "
            for column, dots in enumerate(cells[row])
        )
        yield f"{label:>8} │{''.join(line).rstrip()}"
    last = f"step {steps}"
    yield f"{'':8} └{'─' * _COLUMNS}"
    yield f"{'':10}{'step 1':{_COLUMNS - len(last)}}{last}"


def bars(rows: Sequence[tuple[str, float | None, str]], columns: int = 36) -> Iterator[str]:
    """A line for each (name, number, remark), its bar from 0 to the largest number, none where it is None."""
    width = max((len(name) for name, _, _ in rows), default=0)
    top = max((number for _, number, _ in rows if number is not None), default=0.0) or 1.0
    for name, number, remark in rows:
        full, eighths = divmod(round((number or 0.0) / top * columns * 8), 8)
        bar = "█" * full + (_EIGHTHS[eighths] if eighths else "")
        yield f"  {name:>{width}}  {bar:{columns}}  {remark}".rstrip()


def _line(points: Points, steps: int) -> Iterator[tuple[int, float]]:
    """For each column of dots from the first point's to the last one's, the loss there."""
    columns: dict[int, list[float]] = {}
    for step, loss in points:
        columns.setdefault(_place(step - 1, steps - 1, 2 * _COLUMNS), []).append(loss)
    means = [(x, sum(losses) / len(losses)) for x, losses in sorted(columns.items())]
    for (x, loss), (next_x, next_loss) in pairwise(means):
        for between in range(x, next_x):
            yield between, loss + (next_loss - loss) * (between - x) / (next_x - x)
    yield means[-1]


def _place(value: float, top: float, places: int) -> int:
    """Which of so many equal places from 0 to `top` the value is in."""
    return min(int(value / top * places), places - 1)
