"""What tells one installed adapter from another."""

from typing import Any

import pytest

from thresher.app.locations import Locations
from thresher.app.registry.library import find

from ..conftest import AddAdapter

CUES = {"expenses/receipt": {"is_paid": {"labels": 40, "bias": -2.0, "weights": {"paid": 1.0}}}}
LETTERS = {"expenses/receipt": {"documents": 60, "in_capitals": 60}}


@pytest.mark.parametrize("stated", [{"names_decide": True}, {"cues": CUES}, {"letters": LETTERS}])
def test_what_changes_an_answer_changes_the_fingerprint(
    home_with_tiny: Locations, add_adapter: AddAdapter, stated: dict[str, Any]
) -> None:
    """Or work that is done would not be done anew."""
    for name, told in (("one", {}), ("same", {}), ("other", stated)):
        add_adapter(name, **told)
    one, same, other = (find(home_with_tiny.adapters, name).fingerprint for name in ("one", "same", "other"))
    assert one == same != other
