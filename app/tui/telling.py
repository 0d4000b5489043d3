"""How a worker's work ended: told to the screen that asked, or to the user where they have left it."""

from collections.abc import Callable

from textual.screen import ModalScreen, Screen

from thresher.app.tui.messages import Corrected


def telling(screen: Screen[None], failed: str) -> Callable[[Corrected], object]:
    """What a worker may call with its message, once the screen is gone too.

    A problem of a screen that is no longer in front is told in a notification with the title `failed`.
    """
    app = screen.app  # in a worker a screen that is gone no longer knows it

    def deliver(message: Corrected) -> None:
        front = next(one for one in reversed(app.screen_stack) if not isinstance(one, ModalScreen))
        if front is screen:
            screen.post_message(message)
        elif message.problem:
            app.notify(message.problem.message, title=failed, severity="error", timeout=20, markup=False)

    return lambda message: app.call_later(deliver, message)
