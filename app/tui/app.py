"""The terminal UI: a face of one session, which it is handed. Knows no model, no reader and no database."""

import asyncio
import os
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from thresher.adapters.visible import visible
from thresher.app.locations import Locations
from thresher.app.tui.help import HelpDialog, keys_of
from thresher.app.tui.home import HomeScreen
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.quit_dialog import QuitDialog, waits_of
from thresher.app.tui.record_screen import RecordScreen
from thresher.app.tui.runs_screen import RunsScreen
from thresher.app.tui.themes import DARK, LIGHT, colours


class ThresherApp(App[None]):
    """The app. `session` is the caller's to close."""

    TITLE = "Thresher"
    CSS_PATH = "thresher.tcss"
    # Of Textual's own commands one ends the app (a theme in the terminal's colours), and none is in the help.
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        Binding("t", "theme", "Light or dark", show=False),
        Binding("q,ctrl+q", "quit", "Quit", key_display="q"),
    ]

    def __init__(self, session: SessionPort) -> None:
        super().__init__()
        self.leaves_work = False  # whether the user quit without waiting for what is not done
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self._colours = colours(DARK)
        self.theme = DARK.name
        self._home = HomeScreen(session, self._colours)

    def on_mount(self) -> None:
        """Starts at home."""
        self.push_screen(self._home)

    def notify(self, message: str, **options: Any) -> None:
        """The same with control characters made visible: files and adapters are named in it."""
        super().notify(visible(message), **options)

    def action_help(self) -> None:
        """The keys of the screen on top."""
        screen: Screen[Any] = self.screen
        if not isinstance(screen, HelpDialog):
            self.push_screen(HelpDialog(getattr(screen, "HELP", ""), keys_of(screen), self._colours))

    def action_theme(self) -> None:
        """Dark to light, light to dark."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name

    def watch_theme(self) -> None:
        """Texts take their colours when they are made: the screens make them again."""
        self._colours.update(colours(self.current_theme))
        for screen in self.screen_stack if self.is_running else ():
            if isinstance(screen, HomeScreen | RecordScreen | RunsScreen):
                screen.redraw()

    async def action_quit(self) -> None:
        """Ends, when a run has ended and corrections and exports are stored; asked once more, at once."""
        queue = self._home.queue
        waits = waits_of(self, queue)
        if waits and not isinstance(self.screen, QuitDialog):
            if queue.running:
                self._home.action_cancel()
            self.push_screen(QuitDialog(queue))
            return
        self.leaves_work = bool(waits)
        self.exit()

    @property
    def defect(self) -> Exception | None:
        """What the screens broke down of."""
        return self._exception

    def stop_run(self) -> None:
        """Has a run that goes on end soon, where no screen is left to wait for it."""
        self._home.stop_run()


def run(locations: Locations) -> None:
    """Opens a session, shows it, and closes it. Raises what the screens broke down of, for its log."""
    from thresher.app.session import Session

    session = Session(locations)
    try:
        app = ThresherApp(session)
        with asyncio.Runner() as runner:
            runner.run(app.run_async())
            if app.leaves_work:
                # Python would wait for its thread, with nothing on the terminal; what is done is stored.
                os._exit(0)
            if app.defect is not None:
                app.stop_run()
                raise app.defect
    finally:
        session.close()
