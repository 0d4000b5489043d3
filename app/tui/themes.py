"""Two themes, and the colours that texts in tables take from them."""

from textual.theme import Theme

DARK = Theme(
    name="thresher-dark",
    dark=True,
    primary="#7aa2f7",
    secondary="#9d8cf0",
    accent="#e0af68",
    foreground="#d5dae8",
    background="#14161d",
    surface="#191c25",
    panel="#232735",
    success="#86c98b",
    warning="#e0b458",
    error="#f07a80",
    variables={
        "border": "#3a4056",
        "border-blurred": "#2d3244",
        "footer-background": "#191c25",
        "scrollbar": "#3a4056",
        "scrollbar-background": "#191c25",
    },
)

LIGHT = Theme(
    name="thresher-light",
    dark=False,
    primary="#2f5fb3",
    secondary="#6b4fb3",
    accent="#9a5b00",
    foreground="#22262e",
    background="#f7f7f5",
    surface="#fdfdfc",
    panel="#e9eaec",
    success="#1f7a3a",
    warning="#8a5a00",
    error="#b3261e",
    variables={
        "border": "#b9bec9",
        "border-blurred": "#d5d8df",
        "footer-background": "#ecedee",
        "scrollbar": "#b9bec9",
        "scrollbar-background": "#ecedee",
    },
)

_MUTED = {True: "#8089a3", False: "#69707d"}
_TRACK = {True: "#2d3244", False: "#dcdfe5"}


def colours(theme: Theme) -> dict[str, str]:
    """Colour by role: success, warning, error, accent, primary, muted and track (a bar's empty part)."""
    base = DARK if theme.dark else LIGHT
    return {
        role: getattr(theme, role) or getattr(base, role)
        for role in ("success", "warning", "error", "accent", "primary")
    } | {"muted": _MUTED[theme.dark], "track": _TRACK[theme.dark]}
