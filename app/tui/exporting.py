"""Export from a screen: asks where to, writes in a worker, tells of it by `Written`."""

from textual.screen import Screen

from thresher.adapters.visible import one_line
from thresher.app.paths import working_folder
from thresher.app.task import Task
from thresher.app.tui.export_dialog import ExportChoice, ExportDialog
from thresher.app.tui.messages import Problem, Written
from thresher.app.tui.ports import SessionPort
from thresher.app.tui.telling import work_and_tell


def start_export(screen: Screen[None], session: SessionPort, run: int, task: Task) -> None:
    """Opens the dialog over `screen` for the records of `run`."""
    try:
        count = len(session.store.records(run))
    except Exception as error:
        screen.post_message(Written(problem=Problem.of(error)))
        return

    def take(choice: ExportChoice | None) -> None:
        if choice is not None:
            failed = f"{one_line(choice.path.name)} is not written"
            work_and_tell(screen, lambda: _write(session, run, task, choice), failed, "export")

    screen.app.push_screen(ExportDialog(count, f"{task.record_type}-{run}", working_folder()), take)


def _write(session: SessionPort, run: int, task: Task, choice: ExportChoice) -> Written:
    # Imported here: formats such as XLSX are heavy, and start-up must not pay for them.
    from thresher.app.export import open_writer

    try:
        with open_writer(choice.format, choice.path, task.fields, overwrite=choice.replace) as writer:
            for stored in session.store.records(run):
                writer.write(stored.record, stored.fields)
    except Exception as error:
        return Written(problem=Problem.of(error))
    return Written(f"Written: {choice.path}")
