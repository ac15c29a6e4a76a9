"""The capture screen: a camera live or delayed, recorded on a key; what was recorded is analyzed by itself.

For the window. The camera is read in a child process (`capture.camera`); here its pictures are painted.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from coachvision.app import dates, keymap, library_actions
from coachvision.app.camera_actions import CameraActions
from coachvision.app.capture_bars import RecordBar, SourceBar
from coachvision.app.capture_stage import CaptureStage
from coachvision.app.screens import Desk, Screen
from coachvision.app.tasks import Job
from coachvision.errors import AccountError, UsageError
from coachvision.words import retold, said, tr

if TYPE_CHECKING:
    from coachvision.capture.camera import Camera, Happened
    from coachvision.capture.sources import Source

MOST_DELAY_S = 60
_NONE, _NETWORK = said("Choose a camera"), said("Network camera …")


class CaptureView(Screen):
    """camera: the one that is open, or None. recording: whether it records."""

    _heard = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.camera: Camera | None = None
        self.recording = False
        self._cameras = CameraActions(desk.tasks, desk.account)
        self._opening: Job | None = None
        self._wanted = ""
        self._choice: object | None = None
        # The network camera as it is shown, and its whole address.
        self._typed: dict[str, str] = {}
        self._sources: list[Source] = []
        self._tell = True
        self.stage = CaptureStage(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        above, below = SourceBar(), RecordBar(MOST_DELAY_S)
        self.source, self.address, self.connect_button = above.source, above.address, above.connect_button
        self.athlete, self.record, self.elapsed = above.athlete, below.record, below.elapsed
        self.delay, self._later = below.delay, below.later
        for part, stretch in ((above, 0), (self.stage, 1), (below, 0)):
            column.addWidget(part, stretch)
        self.source.activated.connect(self._choose)
        self.address.returnPressed.connect(lambda: self.connect_to(self.address.text()))
        self.connect_button.clicked.connect(lambda: self.connect_to(self.address.text()))
        self.record.clicked.connect(self.toggle)
        self.delay.valueChanged.connect(self._set_delay)
        self._heard.connect(self._hear)
        keymap.bind(
            self,
            {
                "capture.record": self.toggle,
                "capture.delay_more": lambda: self.delay.setValue(self.delay.value() + 1),
                "capture.delay_less": lambda: self.delay.setValue(self.delay.value() - 1),
            },
        )
        self._show_state()

    def open(self) -> None:
        """Look what cameras there are; the one used last is opened again."""
        self.stage.setFocus()
        if self.camera is None:
            self._cameras.find(self._offer)
        library_actions.names(self.desk.actions, self._offer_names)

    def leave(self) -> None:
        """The camera is let go, unless it records: then it goes on."""
        if not self.recording:
            self._close()

    def shut_down(self) -> None:
        """Finish the recording; it is taken in at the next start."""
        camera, self.camera = self.camera, None
        if camera is not None:
            camera.close()

    def choose(self, source: Source) -> None:
        """Open a camera; one that is open is closed."""
        from coachvision.capture.camera import Camera

        self._close()
        self._wanted = source.address
        # Chosen twice before it is open, it is opened twice: the first is let go.
        choice = self._choice = object()
        self._show_source()
        self.stage.say(tr("Opening {title} …", title=source.title))

        def take(camera: Camera) -> None:
            if self._choice is not choice or not self.isVisible():
                self.desk.tasks.run(lambda _job: camera.close(), lane="capture", owed=True)
                return
            self.camera = camera
            camera.delay(self.delay.value())
            self._show_state()

        def work(_job: Job) -> Camera:
            return Camera(source, self._heard.emit)

        # Its process runs from then on: a window that closes before the camera is shown lets it go.
        self._opening = self.desk.tasks.run(work, take, lane="capture", owed=True, lost=Camera.close)
        self._cameras.remember(source.address)

    def connect_to(self, address: str) -> None:
        """Open a network camera by its address."""
        from coachvision.capture.sources import stream
        from coachvision.services import camera_login

        try:
            source = stream(self._typed.get(address.strip(), address))
        except UsageError as error:
            self.desk.messages.show_error(error)
            return
        # Whoever comes back sees which one it is, and whoever looks on no password.
        plain = camera_login.plain(source.address)
        self._typed = {plain: source.address}
        self.address.setText(plain)
        self.choose(source)

    def toggle(self) -> None:
        """Begin to record, or end the recording."""
        if self.camera is None or not self.stage.live:
            return
        if self.recording:
            self.camera.stop()
            return
        now = datetime.now()  # noqa: DTZ005 - the coach's own time, in a name
        self.camera.record(self.desk.actions.recordings / f"{now:%Y-%m-%d %H.%M.%S}.mkv")
        self.recording = True
        self._show_state()

    # -- inner things

    def _offer(self, sources: list[Source]) -> None:
        self._sources = sources
        self.source.clear()
        self.source.addItems([tr(_NONE), *(source.title for source in sources), tr(_NETWORK)])
        self._show_source()
        self._cameras.last(self._settle)

    def _show_source(self) -> None:
        """The camera that is wanted is the one that the list names."""
        addresses = ["", *(source.address for source in self._sources)]
        network = self._wanted not in addresses
        self.source.setCurrentIndex(len(addresses) if network else addresses.index(self._wanted))
        self._show_address(shown=network)

    def _offer_names(self, names: library_actions.Names) -> None:
        text = self.athlete.currentText()
        self.athlete.clear()
        self.athlete.addItems(list(names.athletes))
        self.athlete.setCurrentIndex(-1)
        self.athlete.setEditText(text)

    def _settle(self, last: str, delay_s: int, no_password: AccountError | None) -> None:
        """Take up the delay and the camera of the last time; one whose password is not given waits for the coach."""
        from coachvision.capture.sources import is_stream

        self._tell = False
        self.delay.setValue(delay_s)
        self._tell = True
        if self._wanted:
            # The coach was quicker.
            return
        if no_password is not None:
            self.address.setText(last)
            self._show_address(shown=True)
            self.desk.messages.show_error(no_password)
            return
        for source in self._sources:
            if source.address == last:
                self.choose(source)
                return
        if is_stream(last):
            self.connect_to(last)

    def _choose(self, index: int) -> None:
        network = index == self.source.count() - 1
        self._show_address(shown=network)
        if network:
            self.address.setFocus()
        elif index > 0:
            self.choose(self._sources[index - 1])
        else:
            self._close()

    def _show_address(self, *, shown: bool) -> None:
        self.address.setVisible(shown)
        self.connect_button.setVisible(shown)

    def _close(self) -> None:
        camera, self.camera, self._wanted, self._choice = self.camera, None, "", None
        self.recording = False
        self.stage.clear()
        if camera is not None:

            def close(_job: Job) -> None:
                camera.close()

            def take_up(_: None) -> None:
                self.desk.actions.take_up_recordings()

            # What it recorded until now is found among the recordings.
            self.desk.tasks.run(close, take_up, lane="capture", owed=True)
        self._show_state()

    def _set_delay(self, seconds: int) -> None:
        if self.camera is not None:
            self.camera.delay(seconds)
        if self._tell:
            self.desk.actions.change_setting("capture.delay_s", seconds, lambda _: None)
        self._show_state()

    def _hear(self, happened: Happened) -> None:
        from coachvision.capture.camera import Filling, Live, Pictured, Recorded, Recording, Trouble

        if self.camera is None:
            if isinstance(happened, Recorded):
                self._keep(happened)
            return
        match happened:
            case Pictured():
                pixels = happened.pixels
                height, width = pixels.shape[:2]
                image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
                self.stage.show_picture(image, pixels, happened.age_s)
            case Live():
                self.desk.messages.hide()
                self.stage.live = True
            case Filling():
                self.stage.say(tr("In {seconds} s you see what is filmed now", seconds=round(happened.seconds)))
            case Recording():
                self.elapsed.setText(tr("Recording  {length}", length=dates.length(happened.seconds)))
                return
            case Recorded():
                self.recording = False
                self._keep(happened)
            case Trouble():
                self.recording = False
                self.stage.live = False
                if happened.lost:
                    self.stage.say(f"{tr(happened.error.title)}. {retold(happened.error.message)}")
                else:
                    self._close()
                self.desk.messages.show_error(happened.error)
        if not isinstance(happened, Pictured):
            self._show_state()

    def _keep(self, recorded: object) -> None:
        from coachvision.capture.camera import Recorded

        if isinstance(recorded, Recorded):
            self.desk.actions.add_recording(recorded.path, self.athlete.currentText().strip())
            self.elapsed.setText(tr("Recorded {name}", name=recorded.path.stem))

    def _show_state(self) -> None:
        self.record.setText(tr("Stop recording") if self.recording else tr("Record"))
        if self.record.property("recording") != self.recording:
            self.record.setProperty("recording", self.recording)
            # A dynamic property is looked at when the style is put on.
            self.record.style().unpolish(self.record)
            self.record.style().polish(self.record)
        self.record.setEnabled(self.camera is not None and self.stage.live)
        self.stage.recording = self.recording
        seconds = self.delay.value()
        self._later.setText(tr("at once") if seconds == 0 else tr("{seconds} s later", seconds=seconds))
        self.stage.delay_s = seconds
        self.stage.update()
