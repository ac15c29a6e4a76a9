"""Any frame of a proxy within milliseconds, while it still grows. For players, reports and exports.

Reads the packets of one group of pictures straight out of the segment and decodes no more than is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from coachvision.core.frames import Frame, Planes
from coachvision.video.convert import copied_planes
from coachvision.video.opening import first_video_stream, open_input
from coachvision.video.proxy import MANIFEST, damaged, read_manifest

_OPEN_FILES = 16
# Decoded frames that are kept, for steps back: 24 MB of 960 x 540.
_KEPT_FRAMES = 32


@dataclass(frozen=True, eq=False)
class Preview:
    """A frame as the decoder gave it, numbered as in the source. rgb_matrix: as in `core.frames.Planes`."""

    index: int
    decoded: VideoFrame
    rgb_matrix: NDArray[np.float32]


@dataclass(eq=False)
class _Entry:
    """One segment of the manifest, its frames numbered from `ordinal` within the proxy."""

    path: Path
    ordinal: int
    frames: int
    first: int


@dataclass(eq=False)
class _Directory:
    """Where a segment's packets lie, (position, size), and what its decoder has to be told."""

    packets: list[tuple[int, int]]
    extradata: bytes


class ProxyReader:
    """Use from one thread. Frames are numbered as in the source; times come from whoever knows the timeline."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.complete = False
        self.width = self.height = 0
        self._stamp: tuple[int, int] | None = None
        self._gop = 1
        self._matrix = np.zeros((3, 4), np.float32)
        self._entries: list[_Entry] = []
        self._starts: list[int] = []
        self._indices = np.zeros(0, np.int64)
        self._directories: dict[Path, _Directory] = {}
        self._files: OrderedDict[Path, BinaryIO] = OrderedDict()
        self._kept: OrderedDict[tuple[Path, int], VideoFrame] = OrderedDict()
        self._decoder: av.VideoCodecContext | None = None
        self._stands: tuple[Path, int] | None = None
        self.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the segments."""
        while self._files:
            self._files.popitem()[1].close()

    def _forget(self) -> None:
        """The proxy was written anew under us."""
        self.close()
        self._directories.clear()
        self._kept.clear()
        self._stands = None

    def refresh(self) -> int:
        """Look for new segments. Returns the number of frames there are."""
        try:
            state = (self.folder / MANIFEST).stat()
        except FileNotFoundError:
            return len(self._indices)
        # A new inode betrays a replaced file even within one tick of the clock.
        stamp = (state.st_mtime_ns, state.st_ino)
        if stamp != self._stamp:
            manifest = read_manifest(self.folder)
            if manifest is not None:
                self._take(manifest)
                self._stamp = stamp
        return len(self._indices)

    @property
    def available(self) -> int:
        """Number of frames so far."""
        return self.refresh() if not self.complete else len(self._indices)

    @property
    def indices(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """(available,) source frame numbers, rising: all of them, but for frames that did not decode."""
        return self._indices

    def frame(self, index: int, *, nearest: bool = False) -> Frame:
        """Frame number `index` of the source, at the proxy's size; its pts and time_s are 0.

        nearest: give the nearest frame there is. Raises KeyError where the proxy does not hold the frame (yet).
        """
        preview = self.preview(index, nearest=nearest)
        y, u, v = copied_planes(preview.decoded)
        return Frame(preview.index, 0, 0.0, planes=Planes(y, u, v, preview.rgb_matrix))

    def preview(self, index: int, *, nearest: bool = False) -> Preview:
        """As `frame`, without a copy: for who paints it at once, in the same thread."""
        ordinal = self._ordinal(index, nearest)
        if ordinal is None and not self.complete:
            self.refresh()
            ordinal = self._ordinal(index, nearest)
        if ordinal is None:
            raise KeyError(index)
        entry = self._entries[bisect_right(self._starts, ordinal) - 1]
        decoded = self._decode(entry, ordinal - entry.ordinal)
        return Preview(int(self._indices[ordinal]), decoded, self._matrix)

    def prepare(self) -> bool:
        """Read the directory of one more segment: what would delay a later frame. False where all are read."""
        for entry in self._entries:
            if entry.path not in self._directories:
                self._directory(entry.path)
                return True
        return False

    def _ordinal(self, index: int, nearest: bool) -> int | None:
        at = int(np.searchsorted(self._indices, index))
        if at < len(self._indices) and self._indices[at] == index:
            return at
        if not nearest or not len(self._indices):
            return None
        around = [k for k in (at - 1, at) if 0 <= k < len(self._indices)]
        return min(around, key=lambda k: abs(int(self._indices[k]) - index))

    def _take(self, manifest: dict[str, Any]) -> None:
        self.complete = bool(manifest["complete"])
        self.width, self.height = int(manifest["width"]), int(manifest["height"])
        self._gop = int(manifest["gop"])
        if manifest["rgb_matrix"] is not None:
            self._matrix = np.array(manifest["rgb_matrix"], np.float32).reshape(3, 4)
        entries, runs, ordinal = [], [], 0
        for segment in manifest["segments"]:
            name = Path(str(segment["file"])).name
            numbers = [np.arange(a, b + 1, dtype=np.int64) for a, b in segment["indices"]]
            entries.append(_Entry(self.folder / name, ordinal, int(segment["frames"]), int(numbers[0][0])))
            runs += numbers
            ordinal += int(segment["frames"])
        if [(e.path, e.frames, e.first) for e in entries[: len(self._entries)]] != [
            (e.path, e.frames, e.first) for e in self._entries
        ]:
            self._forget()
        self._entries = entries
        self._starts = [entry.ordinal for entry in entries]
        self._indices = np.concatenate(runs) if runs else np.zeros(0, np.int64)

    def _decode(self, entry: _Entry, wanted: int) -> VideoFrame:
        path = entry.path
        kept = self._kept.get((path, wanted))
        if kept is not None:
            self._kept.move_to_end((path, wanted))
            return kept
        directory = self._directory(path)
        decoder = self._decoder_of(directory)
        start = wanted // self._gop * self._gop
        if self._stands is not None and self._stands[0] == path and start < self._stands[1] <= wanted:
            start = self._stands[1]
        else:
            decoder.flush_buffers()
        self._stands = None
        found: VideoFrame | None = None
        try:
            file = self._file(path)
            for at in range(start, wanted + 1):
                position, size = directory.packets[at]
                file.seek(position)
                # No B-frames and no frame threads: every packet gives its frame at once.
                frames = decoder.decode(av.Packet(file.read(size)))
                found = frames[0] if frames else None
                if found is not None:
                    self._keep((path, at), found)
        except (av.FFmpegError, IndexError, OSError) as error:
            raise damaged(path) from error
        if found is None:
            raise damaged(path)
        self._stands = (path, wanted + 1)
        return found

    def _keep(self, place: tuple[Path, int], frame: VideoFrame) -> None:
        self._kept[place] = frame
        while len(self._kept) > _KEPT_FRAMES:
            self._kept.popitem(last=False)

    def _directory(self, path: Path) -> _Directory:
        found = self._directories.get(path)
        if found is None:
            with open_input(path) as container:
                stream = first_video_stream(container, path)
                packets = [(entry.pos, entry.size) for entry in stream.index_entries]
                found = _Directory(packets, bytes(stream.codec_context.extradata or b""))
            self._directories[path] = found
        return found

    def _decoder_of(self, directory: _Directory) -> av.VideoCodecContext:
        """One decoder for all segments: they come from one encoder and differ in nothing it is told."""
        if self._decoder is None or self._decoder.extradata != directory.extradata:
            decoder = av.CodecContext.create("h264", "r")
            decoder.extradata = directory.extradata
            decoder.thread_type = "SLICE"
            decoder.flags |= av.codec.context.Flags.low_delay
            self._decoder, self._stands = decoder, None
        return self._decoder

    def _file(self, path: Path) -> BinaryIO:
        if path in self._files:
            self._files.move_to_end(path)
        else:
            self._files[path] = path.open("rb")
            while len(self._files) > _OPEN_FILES:
                self._files.popitem(last=False)[1].close()
        return self._files[path]
