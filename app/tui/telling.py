"""Work behind a screen; how it ended is told to that screen, or to the user where they have left it."""

from collections.abc import Callable

from textual.screen import ModalScreen, Screen

from thresher.app.tui.messages import Corrected, Exported


def work_and_tell(
    screen: Screen[None], work: Callable[[], Corrected | Exported], failed: str, group: str
) -> None:
    """Does the work in a thread, and posts the message that it returns, once the screen is gone too.

    A problem of a screen that is no longer in front is told in a notification with the title `failed`.
    A file that was written is told of anywhere. A correction that was stored is told to any screen in front:
    it may show the record.
    """
    app = screen.app  # in a worker a screen that is gone no longer knows it

    def deliver(message: Corrected | Exported) -> None:
        if isinstance(message, Exported) and not message.problem:
            app.notify(f"Written: {message.path}", markup=False)
        front = next(one for one in reversed(app.screen_stack) if not isinstance(one, ModalScreen))
        if front is screen or (isinstance(message, Corrected) and not message.problem):
            front.post_message(message)
        elif message.problem:
            app.notify(message.problem.message, title=failed, severity="error", timeout=20, markup=False)

    # The app's worker: those of a screen that is left are dropped where they wait for a thread.
    app.run_worker(lambda: app.call_later(deliver, work()), thread=True, group=group)
