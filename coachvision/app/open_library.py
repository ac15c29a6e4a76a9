"""The library that is open: opened off the UI thread, worked with there, another one after a change of account.

For `actions`, which is made of it, and for whoever does something with the library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject

from coachvision.app import rooms
from coachvision.app.tasks import Job, Tasks
from coachvision.errors import Cancelled
from coachvision.events import Bus

if TYPE_CHECKING:
    from coachvision.library import Library

T = TypeVar("T")


class OpenLibrary(QObject):
    """One library at a time; work keeps the one that was open when it was asked for."""

    def __init__(self, root: Path, tasks: Tasks, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._tasks = tasks
        self._bus = bus
        self._library: Future[Library] = Future()
        # Of accounts that were here before: work under way goes on with them. See `_run`.
        self._former: list[Future[Library]] = []
        self._kept = local()
        self._stopping = False

    @property
    def root(self) -> Path:
        """The library's folder."""
        return self._root

    def open_library(self, then: Callable[[], None]) -> None:
        """Open the library as whoever is signed in on this laptop; everything else waits for it."""

        def open_it() -> Library:
            from coachvision.services.sign_in import open_library

            return open_library(self._root)

        self._open(open_it, then)

    def open_anew(self, user_id: str | None, then: Callable[[], None]) -> None:
        """Somebody else is here: open the library as him (None: the guest). Work under way goes on with the old one."""

        def open_it() -> Library:
            from coachvision.library import Library

            return Library.open(self._root, user_id=user_id)

        self._former.append(self._library)
        self._library = Future()
        self._open(open_it, then)

    def _open(self, open_it: Callable[[], Library], then: Callable[[], None]) -> None:
        library = self._library

        def work(_job: Job) -> None:
            if not library.set_running_or_notify_cancel():
                raise Cancelled
            try:
                library.set_result(open_it())
            except BaseException as error:
                # Whatever it was: those who wait for the library must not wait for ever.
                library.set_exception(error)
                raise

        self._tasks.run(work, lambda _: then(), needs=rooms.load_library)

    def _run(self, work: Callable[[Job], Any], then: Callable[[Any], None] | None = None, **more: Any) -> Job:
        """As `Tasks.run`; the work, and what it leads to, keep the library that was open when it was asked for."""
        library: Future[Library] = self._here

        def bound(job: Job) -> Any:
            with self._keeping(library):
                return work(job)

        def follow(result: Any) -> None:
            with self._keeping(library):
                if then is not None:
                    then(result)

        return self._tasks.run(bound, follow, **more)

    @property
    def _here(self) -> Future[Library]:
        """The library of the work that this thread is doing, else the one that is open."""
        found: Future[Library] | None = getattr(self._kept, "library", None)
        return self._library if found is None else found

    @contextmanager
    def _keeping(self, library: Future[Library]) -> Iterator[None]:
        before = getattr(self._kept, "library", None)
        self._kept.library = library
        try:
            yield
        finally:
            self._kept.library = before

    def run(
        self,
        work: Callable[[Library, Job], T],
        then: Callable[[T], None] | None = None,
        *,
        lane: str = "library",
        title: str = "",
        session: str = "",
        over: Callable[[], None] | None = None,
        owed: bool = False,
        asks: bool = False,
        needs: Callable[[], None] = rooms.load,
    ) -> Job:
        """Do something with the library off the UI thread: what actions are made of, those of other modules, too."""

        def with_library(job: Job) -> T:
            return work(self._opened(), job)

        return self._run(
            with_library, then,
            lane=lane, title=title, session=session, over=over, owed=owed, asks=asks, needs=needs,
        )  # fmt: skip

    def tell(self, event: object) -> None:
        """Say on the bus what changed; in any thread. Nothing where it is not of the library that is open now."""
        if self._here is self._library:
            self._bus.publish(event)

    def stop(self) -> None:
        """Nobody shall wait any more for a library whose opening has not begun. Call it before the tasks are closed."""
        self._stopping = True
        for library in (*self._former, self._library):
            library.cancel()

    def close(self) -> None:
        """Close the library. Call it when no work is left."""
        for library in (*self._former, self._library):
            if library.done() and not library.cancelled() and library.exception() is None:
                library.result().close()

    def library(self) -> Library:
        """The library, for work of others: in a lane's thread, or where it is known to be open."""
        return self._opened()

    def _opened(self) -> Library:
        """The library; in a lane's thread: waits until it is open. Raises what its opening raised, or Cancelled."""
        try:
            return self._here.result()
        except CancelledError as stopped:
            raise Cancelled from stopped
