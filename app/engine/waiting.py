"""The rows that wait for a place in the batch, and which of them go together."""

from collections.abc import Sequence

from thresher.app.engine.row import Row


def next_group(waiting: Sequence[Row], in_work: Sequence[Row], most_rows: int, most_tokens: int) -> list[Row]:
    """The oldest waiting row and those nearest to it in length, as far as there is room.

    `most_rows` bounds the rows, `most_tokens` rows × longest row, both of all that will be in work. The rows
    need not share an adapter or a head: a batch takes in each head once.
    """
    oldest = waiting[0]
    target = _own_tokens(oldest)
    candidates = sorted(waiting, key=lambda row: (row is not oldest, abs(_own_tokens(row) - target)))
    group: list[Row] = []
    longest = max((_all_tokens(row) for row in in_work), default=0)
    for row in candidates:
        longest = max(longest, _all_tokens(row))
        count = len(in_work) + len(group) + 1
        if count > most_rows or (count > 1 and count * longest > most_tokens):
            break
        group.append(row)
    return group


def _own_tokens(row: Row) -> int:
    return len(row.request.tokens) - row.request.shared


def _all_tokens(row: Row) -> int:
    return len(row.request.tokens) + row.request.answer_tokens
