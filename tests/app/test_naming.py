"""A name that becomes a folder's is never another path."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import UsageError
from thresher.app.naming import check_name


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=20))
def test_a_name_is_never_another_path(name: str) -> None:
    try:
        check_name(name, "an adapter")
    except UsageError:
        return
    assert Path("adapters", name).parent == Path("adapters")
    assert name not in (".", "..")
    assert not name.startswith(".")


def test_a_name_that_is_refused_says_for_what_and_why() -> None:
    with pytest.raises(UsageError, match=r"'\.\./x' is no name for an adapter: use letters, digits"):
        check_name("../x", "an adapter")
    assert check_name("expenses-1.b_2", "an adapter") == "expenses-1.b_2"
