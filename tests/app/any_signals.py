"""Signals as hypothesis draws them, for the tests of what makes them and of what reads them."""

from hypothesis import strategies as st

from thresher.app.extraction.signals import Signals, Sureness

logs = st.floats(-50, 0)
any_signals = st.builds(
    Signals,
    st.builds(Sureness, logs, logs, st.integers(0, 500)),
    st.floats(0, 1),
    st.sampled_from(["exact", "normalised", "parsed", "fuzzy", "judged", "none"]),
    st.none() | st.floats(0, 1),
    st.booleans(),
    st.none() | st.integers(1, 40),
    st.none() | st.floats(0, 5),
    st.booleans(),
    st.booleans(),
    st.none() | st.floats(-20, 20),
    st.booleans(),
)
