"""Work behind a screen; how it ended is told to that screen, or to the user where they have left it."""

import asyncio
from collections.abc import Callable

from textual.screen import ModalScreen, Screen

from thresher.app.tui.messages import Corrected, Written
from thresher.app.tui.quit_dialog import QuitDialog, Waited


def work_and_tell(
    screen: Screen[None], work: Callable[[], Corrected | Written], failed: str, group: Waited
) -> None:
    """Does the work in a thread, and posts the message that it returns, once the screen is gone too.

    A problem of a screen that is no longer in front is told in a notification with the title `failed`.
    A file that was written is told of anywhere. A correction that was stored is told to any screen in front:
    it may show the record; what is counted anew from it, to the user. To quit waits for the work, and is
    called off where it had a problem.
    """
    app = screen.app  # in a worker a screen that is gone no longer knows it

    def deliver(message: Corrected | Written) -> None:
        if isinstance(message, Written) and not message.problem:
            app.notify(message.words, markup=False)
        for words in message.recounted if isinstance(message, Corrected) else ():
            app.notify(words, markup=False)
        if message.problem:
            for each in app.screen_stack:
                if isinstance(each, QuitDialog):
                    each.called_off = True
        front = next(one for one in reversed(app.screen_stack) if not isinstance(one, ModalScreen))
        if front is screen or (isinstance(message, Corrected) and not message.problem):
            front.post_message(message)
        elif message.problem:
            app.notify(message.problem.message, title=failed, severity="error", timeout=20, markup=False)

    async def work_then_deliver() -> None:
        deliver(await asyncio.to_thread(work))

    # The app's worker: those of a screen that is left are cancelled. It ends when all is told: `QuitDialog`
    # may end the app then.
    app.run_worker(work_then_deliver(), group=group)
