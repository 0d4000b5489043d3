"""Charts stay within 80 columns and show what is so."""

import re

from thresher.app.cli.charts import bars, loss_curve


def heights(lines: list[str]) -> list[int]:
    """Of each cell of the curve the row that is marked, 0 the lowest; -1 where none is."""
    rows = [line.partition("│")[2].ljust(60) for line in reversed(lines) if "│" in line]
    return [next((n for n, row in enumerate(rows) if row[column] != " "), -1) for column in range(60)]


def test_a_loss_that_falls_is_drawn_from_corner_to_corner() -> None:
    lines = list(loss_curve([(step, 101.0 - step) for step in range(1, 101)], [], 100))
    drawn = heights(lines)
    assert drawn[0] == 7
    assert drawn[-1] == 0
    assert drawn == sorted(drawn, reverse=True)
    assert lines[0].startswith(" 100.000 │")
    assert re.search(r"step 1 +step 100$", lines[-1])
    assert all(len(line) <= 80 for line in lines)


def test_few_steps_make_one_line_and_many_share_columns() -> None:
    assert -1 not in heights(list(loss_curve([(1, 2.0), (2, 1.0), (3, 0.5)], [], 3)))
    # Of each two steps that share a column the mean is drawn.
    waves = [(step, 0.0 if step % 2 else 8.0) for step in range(1, 2401)]
    assert set(heights(list(loss_curve(waves, [], 2400)))) == {4}


def test_losses_held_back_are_marked_where_they_stand() -> None:
    lines = list(loss_curve([(1, 8.0), (61, 8.0)], [(1, 8.0), (31, 4.0), (61, 0.5)], 61))
    marks = [(7 - row, column) for row, line in enumerate(lines[:8]) for column in places(line)]
    assert marks == [(7, 0), (4, 30), (0, 59)]


def places(line: str) -> list[int]:
    return [column for column, each in enumerate(line.partition("│")[2]) if each == "●"]


def test_there_is_no_curve_of_one_step_and_one_of_zeros() -> None:
    assert not list(loss_curve([(1, 2.0)], [], 1))
    assert set(heights(list(loss_curve([(1, 0.0), (2, 0.0)], [], 2)))) == {0}


def test_bars_are_as_long_as_the_numbers() -> None:
    lines = list(bars([("0.0005", 2.0, "2.0000"), ("0.001", 1.0, "1.0000"), ("1", None, "not finite")], 16))
    assert lines == [
        f"  0.0005  {'█' * 16}  2.0000",
        f"   0.001  {'█' * 8}{' ' * 8}  1.0000",
        f"       1  {' ' * 16}  not finite",
    ]
    assert list(bars([("a", 0.0, "")])) == ["  a"]
