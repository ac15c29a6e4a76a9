"""The player's decoder, a process of its own: `python -m coachvision.video.frame_server MEMORY`. Started by its client.

A hostile file ends this process and nothing else. It leaves with its parent (end of stdin). The main thread
reads orders; one shows frames of the proxy at once; one decodes the video itself, at rest and while playing; one its
sound.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

from coachvision.core.frames import Frame
from coachvision.errors import Cancelled, VideoError
from coachvision.video.facts import VideoFacts
from coachvision.video.frame_server_desk import Desk
from coachvision.video.frame_server_motion import Motion
from coachvision.video.frame_server_pixels import Painter
from coachvision.video.frame_server_slots import Asked, Memory, Pixels, Slots, largest, taken_over
from coachvision.video.frame_server_talk import Lines, Play, Show, Sound, error_line, read_order, sound_line
from coachvision.video.proxy_reader import Preview, ProxyReader
from coachvision.video.reader import VideoReader
from coachvision.video.sound_reader import SoundReader
from coachvision.video.still_reader import StillReader

log = logging.getLogger(__name__)

# While frames of the proxy are asked for faster than this, one after the other, none but the first is decoded in full.
REST_S = 0.03
# Sound is sent so long before it is heard, in seconds of the video.
_SOUND_AHEAD_S = 1.0


class Outbox:
    """Sends pictures and words to the player; shared by the threads."""

    def __init__(self, slots: Slots, desk: Desk, fd: int) -> None:
        self._slots = slots
        self._desk = desk
        self._fd = fd
        self._lock = threading.Lock()

    def picture(self, asked: Asked, size: tuple[int, int], fill: Callable[[Pixels], None]) -> None:
        """Draw into a slot and tell the player which."""
        with self._lock:
            slot, sequence = self._slots.write(asked, *size, fill)
            self._desk.sent()
            os.write(self._fd, b"p %d %d\n" % (slot, sequence))

    def ended(self, serial: int) -> None:
        """Nothing more comes for that order to play."""
        with self._lock:
            os.write(self._fd, b"n %d\n" % serial)

    def sound(self, serial: int, data: bytes) -> None:
        """A piece of the sound of that order."""
        line = sound_line(serial, data)
        with self._lock:
            os.write(self._fd, line)

    def error(self, serial: int, error: VideoError) -> None:
        """That order could not be carried out."""
        with self._lock:
            os.write(self._fd, error_line(serial, error))


class Previews(threading.Thread):
    """Shows the proxy's frame for each order to show one, as soon as it comes."""

    def __init__(self, facts: VideoFacts, desk: Desk, outbox: Outbox) -> None:
        super().__init__(name="previews", daemon=True)
        self._size = (facts.width, facts.height)
        self._desk = desk
        self._outbox = outbox
        self._painter = Painter()
        self._reader: ProxyReader | None = None

    def run(self) -> None:
        """For ever: the process ends with its main thread."""
        with _ending_the_process():
            order = None
            while True:
                while self._prepared_more():
                    if self._desk.order is not order:
                        break
                order = self._desk.next_order(order)
                if isinstance(order, Show):
                    self._desk.previewed(order, there=self._show(order))

    def _prepared_more(self) -> bool:
        """In an idle moment: what would delay a later frame."""
        try:
            return self._reader is not None and self._reader.prepare()
        except VideoError as error:
            # Told again where a frame of that part is asked for.
            log.info("%s", error)
            return False

    def _show(self, order: Show) -> bool:
        frame = self._frame(order.index)
        if frame is None:
            return False
        if self._desk.order is order:
            asked = Asked(order.serial, order.index, exact=False)
            self._outbox.picture(asked, self._desk.fitted(*self._size), lambda out: self._painter.paint(frame, out))
        return True

    def _frame(self, index: int) -> Preview | None:
        self._reader = self._desk.proxy_reader(self._reader)
        if self._reader is None:
            return None
        try:
            return self._reader.preview(index)
        except KeyError:
            return None
        except VideoError as error:
            # The video itself answers instead.
            log.info("%s", error)
            return None


class Exact(threading.Thread):
    """Decodes the video itself: the frame at rest, at full size, and what is played."""

    def __init__(self, path: Path, facts: VideoFacts, desk: Desk, outbox: Outbox) -> None:
        super().__init__(name="exact", daemon=True)
        self._facts = facts
        self._desk = desk
        self._outbox = outbox
        self._painter = Painter()
        self._stills = StillReader(path, facts)
        self._motion = Motion(VideoReader(path, facts), desk)

    def run(self) -> None:
        """For ever: the process ends with its main thread."""
        with _ending_the_process():
            order = None
            while True:
                order = self._desk.next_order(order)
                try:
                    if isinstance(order, Show):
                        self._show(order)
                    else:
                        self._play(order)
                except VideoError as error:
                    self._outbox.error(order.serial, error)
                except Cancelled:
                    continue

    def _show(self, order: Show) -> None:
        given_up: Callable[[], bool] | None = None
        if not self._stills.near(order.index) and self._desk.wait_previewed(order):
            self._desk.rest(order, REST_S)
            given_up = lambda: self._desk.order is not order  # noqa: E731 - two states of one thing
        if self._desk.order is not order:
            return
        frame = self._stills.frame_at(order.index, given_up)
        self._picture(frame, order.serial, largest(frame.width, frame.height), exact=True)

    def _play(self, order: Play) -> None:
        for frame, exact in self._motion.frames(order):
            if not self._desk.wait_turn(order):
                return
            if not self._desk.late(order, frame.index):
                self._desk.take(frame.index)
                size = self._desk.fitted(self._facts.width, self._facts.height)
                self._picture(frame, order.serial, size, exact=exact)
        if self._desk.order is order:
            self._outbox.ended(order.serial)

    def _picture(self, frame: Frame | Preview, serial: int, size: tuple[int, int], *, exact: bool) -> None:
        self._outbox.picture(Asked(serial, frame.index, exact), size, lambda out: self._painter.paint(frame, out))


class Sounds(threading.Thread):
    """Decodes the sound of what plays, a little ahead of it."""

    def __init__(self, path: Path, facts: VideoFacts, desk: Desk, outbox: Outbox) -> None:
        super().__init__(name="sounds", daemon=True)
        self._reader = SoundReader(path, facts)
        self._desk = desk
        self._outbox = outbox

    def run(self) -> None:
        """For ever: the process ends with its main thread."""
        with _ending_the_process():
            order = None
            while True:
                order = self._desk.next_sound(order)
                try:
                    self._send(order)
                except VideoError as error:
                    # The pictures go on without it.
                    log.info("%s", error)

    def _send(self, order: Sound) -> None:
        for until_s, data in self._reader.pieces(order.from_s, order.tempo):
            if not self._desk.wait_heard(order, until_s - _SOUND_AHEAD_S):
                return
            self._outbox.sound(order.serial, data)


class _ending_the_process:  # noqa: N801 - reads as what it does
    """A bug in a thread ends the process, with its traceback in the log: the client knows what to do then."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            traceback.print_exception(error)
            sys.stderr.flush()
            os._exit(1)


def main(argv: list[str]) -> int:
    """argv: the handle of the shared memory. Reads orders until the parent is gone."""
    import cv2

    cv2.setNumThreads(1)
    # A preview that has come must not wait 5 ms for the thread that decodes the video itself.
    sys.setswitchinterval(0.0005)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    memory = Memory(argv[0])
    lines = Lines(sys.stdin.fileno())
    try:
        slots, facts = taken_over(memory, lines.line())
    except EOFError:
        return 0
    desk = Desk(facts.timeline.seconds)
    outbox = Outbox(slots, desk, sys.stdout.fileno())
    Previews(facts, desk, outbox).start()
    Exact(facts.path, facts, desk, outbox).start()
    if facts.has_audio:
        Sounds(facts.path, facts, desk, outbox).start()
    for line in lines:
        desk.put(read_order(line))
    # The threads may be deep in a decoder: nothing here needs an orderly end.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
