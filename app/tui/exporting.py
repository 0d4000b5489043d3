"""Export from a screen: asks where to, writes in a worker, tells the screen by an `Exported` message."""

from textual.screen import Screen

from thresher.app.paths import working_folder
from thresher.app.task import Task
from thresher.app.tui.export_dialog import ExportChoice, ExportDialog
from thresher.app.tui.messages import Exported, Problem
from thresher.app.tui.ports import SessionPort


def start_export(screen: Screen[None], session: SessionPort, run: int, task: Task) -> None:
    """Opens the dialog over `screen` for the records of `run`."""
    try:
        count = len(session.store.records(run))
    except Exception as error:
        screen.post_message(Exported("", Problem.of(error)))
        return

    def take(choice: ExportChoice | None) -> None:
        if choice is not None:
            screen.run_worker(lambda: _write(screen, session, run, task, choice), thread=True, group="export")

    screen.app.push_screen(ExportDialog(count, f"{task.record_type}-{run}", working_folder()), take)


def _write(screen: Screen[None], session: SessionPort, run: int, task: Task, choice: ExportChoice) -> None:
    # Imported here: formats such as XLSX are heavy, and start-up must not pay for them.
    from thresher.app.export import open_writer

    try:
        with open_writer(choice.format, choice.path, task.fields, overwrite=choice.replace) as writer:
            for stored in session.store.records(run):
                writer.write(stored.record, stored.fields)
    except Exception as error:
        screen.post_message(Exported(str(choice.path), Problem.of(error)))
        return
    screen.post_message(Exported(str(choice.path)))
