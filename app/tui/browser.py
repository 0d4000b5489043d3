"""Choose files and folders: a tree to mark them in, and a line to type a path, a folder or a glob."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import DirectoryTree, Footer, Input, Static
from textual.widgets.directory_tree import DirEntry
from textual.widgets.tree import TreeNode
from textual.worker import Worker

from thresher.adapters.visible import one_line
from thresher.app.documents.formats import READ_ENDINGS
from thresher.app.paths import absolute, exists, is_left_by_office
from thresher.app.tui.modal import AnswerButtons, AnswerDialog
from thresher.app.tui.pasted import pasted_paths
from thresher.app.tui.path_suggester import PathSuggester
from thresher.app.tui.problem_line import ProblemLine
from thresher.app.tui.typed_text import WholeInput
from thresher.app.wording import counted

#: Characters that mean something in the tree: Space marks, ? shows the help.
_KEYS = (" ", "?")


class FileTree(DirectoryTree):
    """A tree of what can be read, in which files and folders can be marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", show=True, priority=False),
        Binding("backspace", "up", "Parent folder", show=True),
    ]

    # Plain signs: not every terminal font has the pictures of folders.
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    class MarksChanged(Message):
        """Another file or folder is marked, or one less."""

    @dataclass
    class Locked(Message):
        """A folder that was opened may not be read."""

        folder: Path

    def __init__(self, folder: Path, *, id: str | None = None) -> None:
        super().__init__(folder, id=id)
        self.marked: dict[Path, None] = {}

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Folders, and files of the kinds that are read; nothing hidden."""
        return [
            path
            for path in paths
            if not (path.name.startswith(".") or is_left_by_office(path))
            and (path.suffix.lower() in READ_ENDINGS or self._safe_is_dir(path))
        ]

    def _directory_content(self, location: Path, worker: Worker[Any]) -> Iterator[Path]:
        """As Textual's, for which a folder that may not be read is an empty one."""
        try:
            for entry in location.iterdir():
                if worker.is_cancelled:
                    break
                yield entry
        except PermissionError:
            self.post_message(self.Locked(location))
        except OSError:  # removed meanwhile, say
            pass

    def render_label(self, node: TreeNode[DirEntry], base_style: Style, style: Style) -> Text:
        """A tick before what is marked; a name is never read as markup."""
        label = super().render_label(node, base_style, style)
        if node.data is not None and node.data.path in self.marked:
            label = Text.assemble(("✓ ", "bold"), label)
        return label

    def process_label(self, label: str | Text) -> Text:
        """A name as it is, control characters made visible."""
        return Text(one_line(label)) if isinstance(label, str) else label

    def action_mark(self) -> None:
        """Marks what is under the cursor, or takes the mark away."""
        node = self.cursor_node
        if node is None or node.data is None:
            return
        self.toggle_mark(node.data.path)

    def toggle_mark(self, path: Path) -> None:
        """Marks a path, or takes the mark away."""
        if path in self.marked:
            del self.marked[path]
        else:
            self.marked[path] = None
        # Labels are drawn from a cache that does not know marks.
        self._invalidate()
        self.refresh()
        self.post_message(self.MarksChanged())

    def action_up(self) -> None:
        """Shows the folder above."""
        self.path = absolute(Path(self.path)).parent


class BrowserDialog(AnswerDialog[list[str]]):
    """Returns paths, folders and globs as they were marked or typed."""

    HELP = (
        "Mark files or folders with Space, or just type a path, a folder or a glob (reports/*.pdf), "
        "in quotes where it has spaces. The right arrow completes what you type."
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "accept", "Add")]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def compose(self) -> ComposeResult:
        """The line, the tree, the buttons."""
        with Vertical(classes="dialog -tall"):
            yield Static("Add documents", classes="dialog-title", markup=False)
            yield WholeInput(
                placeholder="Path, folder or glob; → completes, Enter adds",
                id="path",
                suggester=PathSuggester(),
                between="\n",  # one path a line
                select_on_focus=False,  # what is typed in the tree goes on here
            )
            yield ProblemLine()
            yield FileTree(self._folder, id="tree")
            marks = Static("Space marks files and folders", id="marks", markup=False)
            yield AnswerButtons("Add", marks)
        yield Footer()

    def on_mount(self) -> None:
        """Starts in the tree."""
        self.query_one("#tree").focus()

    def on_key(self, event: Key) -> None:
        """What is typed outside the line goes to the line: no name in the tree takes letters."""
        if event.is_printable and event.character and event.character not in _KEYS:
            event.stop()
            self._write(event.character)

    def on_paste(self, event: Paste) -> None:
        """And what is pasted."""
        event.stop()
        self._write(event.text.strip())

    def _write(self, text: str) -> None:
        line = self.query_one("#path", Input)
        line.insert_text_at_cursor(text)
        line.focus()

    def on_file_tree_marks_changed(self, event: FileTree.MarksChanged) -> None:
        """Says how many are marked."""
        event.stop()
        marked = len(self.query_one("#tree", FileTree).marked)
        words = f"{counted(marked, 'path')} marked" if marked else "Space marks files and folders"
        self.query_one("#marks", Static).update(words)
        self.problem("")

    def on_file_tree_locked(self, event: FileTree.Locked) -> None:
        """Says why there is nothing in a folder."""
        event.stop()
        self.locked(event.folder)

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Enter or a click on a file marks it."""
        event.stop()
        self.query_one("#tree", FileTree).toggle_mark(event.path)

    def action_accept(self) -> None:
        """Returns what is marked and typed; with nothing marked, what is under the cursor."""
        tree = self.query_one("#tree", FileTree)
        typed = self.query_one("#path", Input).value.strip()
        # A typed path may have spaces; quotes and escapes are understood as in a paste.
        chosen = [str(path) for path in tree.marked]
        if typed:
            chosen += [typed] if exists(absolute(Path(typed))) else pasted_paths(typed)
        if not chosen and tree.has_focus and tree.cursor_node and tree.cursor_node.data:
            chosen = [str(tree.cursor_node.data.path)]
        if not chosen:
            self.problem("Mark a file with Space, or type a path.")
            return
        self.dismiss(chosen)
