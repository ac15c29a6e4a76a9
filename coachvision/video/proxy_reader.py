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

from coachvision.core.frames import Frame, Planes
from coachvision.video.convert import copied_planes
from coachvision.video.opening import first_video_stream, open_input
from coachvision.video.proxy import MANIFEST, damaged, read_manifest

_OPEN_SEGMENTS = 16


@dataclass(eq=False)
class _Entry:
    """One segment of the manifest, its frames numbered from `ordinal` within the proxy."""

    path: Path
    ordinal: int
    frames: int
    first: int


@dataclass(eq=False)
class _Open:
    """An open segment. packets: (position, size) in the file. decoder: at `next`, or at nothing yet (-1)."""

    file: BinaryIO
    packets: list[tuple[int, int]]
    decoder: av.VideoCodecContext
    next: int = -1


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
        self._indices = np.zeros(0, np.int64)
        self._open: OrderedDict[Path, _Open] = OrderedDict()
        self.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the segments."""
        while self._open:
            self._open.popitem()[1].file.close()

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
        ordinal = self._ordinal(index, nearest)
        if ordinal is None and not self.complete:
            self.refresh()
            ordinal = self._ordinal(index, nearest)
        if ordinal is None:
            raise KeyError(index)
        entry = self._entries[bisect_right([e.ordinal for e in self._entries], ordinal) - 1]
        decoded = self._decode(entry, ordinal - entry.ordinal)
        y, u, v = copied_planes(decoded)
        return Frame(int(self._indices[ordinal]), 0, 0.0, planes=Planes(y, u, v, self._matrix))

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
        self._entries = entries
        self._indices = np.concatenate(runs) if runs else np.zeros(0, np.int64)

    def _decode(self, entry: _Entry, wanted: int) -> VideoFrame:
        segment = self._segment(entry.path)
        start = wanted // self._gop * self._gop
        if start < segment.next <= wanted:
            start = segment.next
        else:
            segment.decoder.flush_buffers()
        found: VideoFrame | None = None
        try:
            for at in range(start, wanted + 1):
                position, size = segment.packets[at]
                segment.file.seek(position)
                # No B-frames and no frame threads: every packet gives its frame at once.
                frames = segment.decoder.decode(av.Packet(segment.file.read(size)))
                found = frames[0] if frames else None
        except (av.FFmpegError, IndexError, OSError) as error:
            segment.next = -1
            raise damaged(entry.path) from error
        if found is None:
            segment.next = -1
            raise damaged(entry.path)
        segment.next = wanted + 1
        return found

    def _segment(self, path: Path) -> _Open:
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        with open_input(path) as container:
            stream = first_video_stream(container, path)
            packets = [(entry.pos, entry.size) for entry in stream.index_entries]
            extradata = stream.codec_context.extradata
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = extradata
        decoder.thread_type = "SLICE"
        decoder.flags |= av.codec.context.Flags.low_delay
        self._open[path] = _Open(path.open("rb"), packets, decoder)
        while len(self._open) > _OPEN_SEGMENTS:
            self._open.popitem(last=False)[1].file.close()
        return self._open[path]
