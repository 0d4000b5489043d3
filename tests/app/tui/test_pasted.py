"""Dropped and pasted paths come out as they went in, however the terminal wrote them."""

import shlex
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thresher.app.tui.pasted import pasted_paths

NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), include_characters=" '\"\\$`()"),
    min_size=1,
    max_size=20,
)
PATHS = st.lists(NAMES.map(lambda name: "/" + name.strip(" ") + "x"), min_size=1, max_size=4, unique=True)


@given(PATHS)
def test_quoted_by_a_shell(paths: list[str]) -> None:
    quoted = ["'" + path.replace("'", "'\\''") + "'" for path in paths]
    assert pasted_paths(" ".join(quoted)) == paths


@given(PATHS)
def test_backslash_escapes(paths: list[str]) -> None:
    # One escape at least, so that the line reads as escaped.
    escaped = ["".join(f"\\{c}" if c in " '\"\\$`()" else c for c in path) for path in [*paths, "/last one"]]
    assert pasted_paths(" ".join(escaped) + " ") == [*dict.fromkeys([*paths, "/last one"])]


@given(PATHS)
def test_urls_a_line_each(paths: list[str]) -> None:
    assert pasted_paths("\r\n".join("file://" + quote(path) for path in paths)) == paths


@given(st.lists(st.text("abcé./ -", min_size=1).map(lambda t: "/" + t.strip() + "z"), unique=True))
def test_bare_paths_a_line_each_keep_their_spaces(paths: list[str]) -> None:
    bare = [path for path in paths if " /" not in path]
    assert pasted_paths("\n".join(bare)) == bare


@given(st.text())
def test_any_text_gives_paths_that_are_not_empty(text: str) -> None:
    assert all(pasted_paths(text))


@given(st.lists(st.sampled_from(["plain", "two words", "it's"]), min_size=1, unique=True))
def test_shlex_agrees(names: list[str]) -> None:
    line = " ".join(shlex.quote(f"/d d/{name}") for name in names)
    assert pasted_paths(line) == shlex.split(line)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("/a/My File.pdf", ["/a/My File.pdf"]),
        ("/a/b.pdf /c/d e.pdf", ["/a/b.pdf", "/c/d e.pdf"]),
        ("a.pdf b.pdf", ["a.pdf", "b.pdf"]),
        ("~/docs/*.pdf", ["~/docs/*.pdf"]),
        ('"my docs/*.pdf" b.pdf', ["my docs/*.pdf", "b.pdf"]),
        (r"C:\Users\me\a b.pdf", [r"C:\Users\me\a b.pdf"]),
        (r'"C:\Users\me\a b.pdf" "D:\c.pdf"', [r"C:\Users\me\a b.pdf", r"D:\c.pdf"]),
        ("file:///C:/Users/a%20b.pdf", ["C:/Users/a b.pdf"]),
        ("file:///A%3A/b.pdf", ["/A:/b.pdf"]),
        ("file://localhost/srv/a.pdf", ["/srv/a.pdf"]),
        ("/a/it's.pdf", ["/a/it's.pdf"]),
        ("'/a/never closed", ["'/a/never", "closed"]),
        ("/x /x", ["/x"]),
        ("  \n\t\r\n", []),
    ],
)
def test_what_terminals_send(text: str, paths: list[str]) -> None:
    assert pasted_paths(text) == paths
