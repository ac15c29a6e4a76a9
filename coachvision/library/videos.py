"""Videos by content: copied into the library or referenced where they lie; their timelines. Library room only."""

from __future__ import annotations

import json
import re
import shutil
import uuid
import zlib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from coachvision.core.time import Timeline
from coachvision.errors import LibraryError
from coachvision.library.files import hash_file, place, write_synced
from coachvision.library.records import VideoFields, VideoRow
from coachvision.library.store import Store, Write
from coachvision.library.translate import disk_full, plain_words

# Left free when a video is copied: for its session's arrays, the database, and the laptop itself.
RESERVE_BYTES = 64 << 20

COLUMNS = (
    "v.sha256, v.path, v.copied, v.size, v.created, v.container, v.codec, v.width, v.height, v.rotation, v.frames,"
    " v.duration_s, v.fps, v.variable_frame_rate, v.capture_fps, v.has_audio, v.warnings, v.recorded"
)

ProgressCall = Callable[[float], None] | None
CancelCall = Callable[[], bool] | None


def add(
    store: Store, source: Path, facts: VideoFields, *, copy: bool, progress: ProgressCall, cancelled: CancelCall
) -> VideoRow:
    """Take a video in by its content; the same content twice is one video. See `Library.add_video`."""
    source = source.absolute()
    part = store.scratch / f"video-{uuid.uuid4().hex}.part"
    with plain_words(store.root):
        size = _size_of(source)
        if copy:
            check_space(store.root, size)
        try:
            sha256, done = _read(source, part if copy else None, progress, cancelled)
            if done != size or _size_of(source) != size:
                raise LibraryError(
                    "The video is still being written",
                    f"{source} changed while it was read",
                    hint="Wait until the recording or copying has finished, then add it again.",
                    path=source,
                    retryable=True,
                )
            with store.write("video") as write:
                _keep(write, sha256, size, source, facts, part if copy else None)
        finally:
            part.unlink(missing_ok=True)
    return replace(get(store, sha256), source_name=source.name)


def _size_of(source: Path) -> int:
    if not source.is_file():
        raise LibraryError(
            "There is no such video",
            f"{source} is {'a folder' if source.is_dir() else 'not there'}",
            hint="Give the path of one video file.",
            path=source,
        )
    return source.stat().st_size


def check_space(root: Path, size: int) -> None:
    """Raises LibraryError where a file of that size would not leave the library room to work."""
    free = shutil.disk_usage(root).free
    if free < size + RESERVE_BYTES:
        raise disk_full(
            root, f"The video needs {size / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free on the disk of {root}"
        )


def _read(source: Path, part: Path | None, progress: ProgressCall, cancelled: CancelCall) -> tuple[str, int]:
    if part is None:
        return hash_file(source, progress=progress, cancelled=cancelled)
    read: list[tuple[str, int]] = []
    write_synced(part, lambda file: read.append(hash_file(source, file, progress=progress, cancelled=cancelled)))
    return read[0]


def _keep(write: Write, sha256: str, size: int, source: Path, facts: VideoFields, part: Path | None) -> None:
    store = write.store
    known = find(store, sha256)
    if known is not None and (known.copied or part is None) and is_whole(known):
        return
    path = str(source)
    if part is not None:
        path = f"videos/{sha256[:2]}/{sha256}{_extension(source)}"
        write.placed.append(store.root / path)
        place(part, store.root / path, "video")
    where = {"path": path, "copied": int(part is not None), "size": size}
    if known is not None:
        write.db.table("video").update(sha256, where)
    else:
        write.db.table("video").insert({"sha256": sha256, "created": store.now(), **where, **_fields(facts)})
        keep_timeline(write, sha256, facts.timeline)
    write.owe("video", sha256)


def _extension(source: Path) -> str:
    extension = source.suffix.lower()
    return extension if re.fullmatch(r"\.[a-z0-9]{1,8}", extension) and extension != ".json" else ".video"


def _fields(facts: VideoFields) -> dict[str, Any]:
    return {
        "container": facts.container,
        "codec": facts.codec,
        "width": facts.width,
        "height": facts.height,
        "rotation": facts.rotation,
        "frames": len(facts.timeline),
        "duration_s": float(facts.duration_s),
        "fps": float(facts.fps),
        "variable_frame_rate": int(facts.variable_frame_rate),
        "capture_fps": facts.capture_fps,
        "recorded": facts.recorded,
        "has_audio": int(facts.has_audio),
        "warnings": json.dumps(list(facts.warnings)),
    }


def is_whole(video: VideoRow) -> bool:
    """Whether its file is there with the right size."""
    return video.path.is_file() and video.path.stat().st_size == video.size


def from_row(store: Store, row: tuple[Any, ...]) -> VideoRow:
    """A row of `COLUMNS` as a record."""
    sha256, path, copied, size, created, container, codec, width, height, rotation = row[:10]
    frames, duration_s, fps, variable, capture_fps, has_audio, warnings, recorded = row[10:]
    return VideoRow(
        sha256, store.root / path, bool(copied), size, created, container, codec, width, height, rotation,
        frames, duration_s, fps, bool(variable), capture_fps, bool(has_audio), tuple(json.loads(warnings)),
        recorded,
    )  # fmt: skip


def find(store: Store, sha256: str) -> VideoRow | None:
    """The video of that content, or None."""
    row = store.db.row(f"SELECT {COLUMNS} FROM video v WHERE sha256 = ?", (sha256,))  # noqa: S608 - our own columns
    return None if row is None else from_row(store, row)


def get(store: Store, sha256: str) -> VideoRow:
    """The video of that content. Raises LibraryError."""
    video = find(store, sha256)
    if video is None:
        raise LibraryError("No such video", f"The library at {store.root} has no video {sha256[:12]}", path=store.root)
    return video


def holds(store: Store, path: Path) -> bool:
    """Whether the path is the library's own, or that of a video left where it lies. See `Library.holds`."""
    place = path.resolve()
    if place.is_relative_to(store.root.resolve()):
        return True
    return any(place == Path(one).resolve() for (one,) in store.db.rows("SELECT path FROM video WHERE NOT copied"))


def keep_timeline(write: Write, sha256: str, timeline: Timeline) -> None:
    """Store the times of all frames once for the video; a different one replaces it."""
    deltas = np.diff(timeline.pts, prepend=np.int64(0)).astype("<i8")
    row = (
        sha256,
        timeline.time_base.numerator,
        timeline.time_base.denominator,
        timeline.time_scale,
        zlib.compress(deltas.tobytes()),
    )
    known = write.db.execute("SELECT * FROM timeline WHERE video_sha256 = ?", [sha256]).fetchone()
    # Its time scale is the video's own; a session that was told another keeps that itself.
    if known is None or (*known[:3], known[4]) != (*row[:3], row[4]):
        write.db.execute("INSERT OR REPLACE INTO timeline VALUES (?, ?, ?, ?, ?)", row)
        write.owe("video", sha256)


def timeline(store: Store, sha256: str, time_scale: float | None = None) -> Timeline:
    """The times of all frames. time_scale: the session's own, where it was told the rate at which it was filmed."""
    row = store.db.row("SELECT numerator, denominator, time_scale, pts FROM timeline WHERE video_sha256 = ?", (sha256,))
    if row is None:
        raise LibraryError("No such video", f"The library at {store.root} has no video {sha256[:12]}", path=store.root)
    numerator, denominator, own_scale, packed = row
    pts = np.cumsum(np.frombuffer(zlib.decompress(packed), "<i8")).astype(np.int64)
    return Timeline(pts, Fraction(numerator, denominator), own_scale if time_scale is None else time_scale)
