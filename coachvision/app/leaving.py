"""Whether the window may close: asks once, in the bar, where that would give up what nobody takes up again."""

from __future__ import annotations

from collections.abc import Callable

from coachvision.app.messages import MessageBar
from coachvision.app.tasks import Job, Tasks
from coachvision.words import tr


class Leaving:
    """close: closes the window. Whoever closes it again has answered."""

    def __init__(self, tasks: Tasks, messages: MessageBar, close: Callable[[], object]) -> None:
        self._tasks, self._messages, self._close = tasks, messages, close
        self._told: list[Job] = []

    def may_close(self) -> bool:
        """Whether nothing would be given up, or the coach was told of all of it."""
        going = [job for job in self._tasks.shown if job.asks and not job.cancelled()]
        if all(job in self._told for job in going):
            return True
        self._told = going
        if len(going) == 1:
            words = tr("Not done yet: {title}. Closing the window gives it up.", title=going[0].title)
        else:
            words = tr("{count} things are not done yet. Closing the window gives them up.", count=len(going))
        self._messages.show_notice(words, tr("Close all the same"), self._close)
        return False
