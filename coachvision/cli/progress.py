"""Progress on stderr, only where a terminal shows it; and Ctrl-C as a value that is checked. For `cli` alone."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coachvision.analysis.progress import Progress

Tell = Callable[[float, str, float | None], None]


@contextmanager
def bar(title: str) -> Iterator[Tell]:
    """A bar that is told (share done 0..1, what is going on, seconds left or None)."""
    if not sys.stderr.isatty():
        yield lambda _done, _stage, _left: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}"))
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(title, total=1.0, left="")

        def tell(done: float, stage: str, left: float | None) -> None:
            words = f"{title}: {stage}" if stage else title
            bars.update(task, completed=done, description=words, left="" if left is None else f"{_time(left)} left")

        yield tell


def reporting(tell: Tell) -> Callable[[Progress], None]:
    """A bar's `tell` as the callback that services take."""
    return lambda progress: tell(progress.done, progress.stage, progress.seconds_left)


def _time(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d} min" if whole >= 60 else f"{whole} s"


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Within it the first Ctrl-C (or SIGTERM) makes the callable true; a second one ends the program at once."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    previous = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
