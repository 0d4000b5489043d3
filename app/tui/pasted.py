"""Paths out of pasted text: what terminals send when files are dropped on them.

Terminals differ: quotes, backslash escapes, file:// URLs, a path a line, or a bare path with spaces in
it. Pure text: whoever asks may look at the disk.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

#: How an absolute path begins: POSIX, home, URL, Windows drive, or an opening quote before one of these.
_ABSOLUTE = re.compile(r"""["']?(?:/|~|file://|[A-Za-z]:[\\/])""")
_DRIVE = re.compile(r"[A-Za-z]:\\|\\\\")
_SPACES = re.compile(r"[ \t]+")


def pasted_paths(text: str, is_there: Callable[[str], bool] = lambda _: False) -> list[str]:
    """The paths that `text` names, in order, each once. Never raises; empty where there is none.

    A line that `is_there` is one path, whatever stands in it.
    """
    paths: dict[str, None] = {}
    for line in re.split(r"[ \t]*[\r\n\0]+[ \t]*", text.strip(" \t")):
        for word in [line] if is_there(line) else _words(line):
            if path := _plain(word):
                paths[path] = None
    return list(paths)


def _words(line: str) -> list[str]:
    if _ABSOLUTE.match(line) and not any(mark in line for mark in "\"'\\"):
        return _bare_words(line)
    if _DRIVE.match(line):
        return _bare_words(line)
    return _shell_words(line)


def _bare_words(line: str) -> list[str]:
    """Words of a line without quoting: a space ends a path only where another absolute path begins."""
    words: list[str] = []
    start = 0
    for gap in _SPACES.finditer(line):
        if _ABSOLUTE.match(line, gap.end()):
            words.append(line[start : gap.start()])
            start = gap.end()
    words.append(line[start:])
    return [word.strip("\"'") if _DRIVE.match(line) else word for word in words]


def _shell_words(line: str) -> list[str]:
    """Words by the rules of a POSIX shell; a quote that never closes stands for itself."""
    words: list[str] = []
    word: list[str] | None = None
    at = 0
    while at < len(line):
        char = line[at]
        if char in " \t":
            if word is not None:
                words.append("".join(word))
            word, at = None, at + 1
            continue
        word = [] if word is None else word
        if char == "\\" and at + 1 < len(line):
            word.append(line[at + 1])
            at += 2
        elif char == "'" and (close := line.find("'", at + 1)) > 0:
            word.append(line[at + 1 : close])
            at = close + 1
        elif char == '"' and (quoted := _double_quoted(line, at)) is not None:
            inner, at = quoted
            word.append(inner)
        else:
            word.append(char)
            at += 1
    if word is not None:
        words.append("".join(word))
    return words


def _double_quoted(line: str, start: int) -> tuple[str, int] | None:
    """The text in double quotes from `start`, and where it ends; a Windows path keeps its backslashes."""
    keeps_backslashes = _DRIVE.match(line, start + 1) is not None
    inner: list[str] = []
    at = start + 1
    while at < len(line):
        char = line[at]
        if char == '"':
            return "".join(inner), at + 1
        if char == "\\" and not keeps_backslashes and line[at + 1 : at + 2] in ("\\", '"', "$", "`"):
            at += 1
            char = line[at]
        inner.append(char)
        at += 1
    return None


def _plain(word: str) -> str:
    """A path of a word that may be a file:// URL; "" where the URL names no file."""
    if not word.lower().startswith("file://"):
        return word
    try:
        quoted = urlsplit(word).path
    except ValueError:
        return word
    path = unquote(quoted, errors="surrogateescape")
    # file:///C:/x names C:/x; a colon of another path is written %3A.
    return path[1:] if re.match(r"/[A-Za-z]:", quoted) else path
