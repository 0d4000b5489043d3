"""How a worker's work ended: told to the screen that asked, or to the user where they have left it."""

from collections.abc import Callable

from textual.screen import ModalScreen, Screen

from thresher.app.tui.messages import Corrected, Exported


def telling(screen: Screen[None], failed: str) -> Callable[[Corrected | Exported], object]:
    """What a worker may call with its message, once the screen is gone too.

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

    return lambda message: app.call_later(deliver, message)
