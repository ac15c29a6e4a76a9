"""The only place that opens a file for reading with FFmpeg, and the only place where its errors become plain words.

Formats are a whitelist of those that cannot refer to other files; protocols are `file` alone. Used inside `video`.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from coachvision.errors import VideoError
from coachvision.video.boxes import declared_sizes

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,asf,ogg,flv,gif,h264,hevc"
MAX_PIXELS = 8192 * 8192
MAX_SIDE = 16384

# Without a level PyAV hands FFmpeg's log to nobody: no stray lines on stderr, no Python callback from decoder threads.
av.logging.set_level(None)

_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"II*\x00", b"MM\x00*")
_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"[playlist]", b"<?xml", b"<MPD", b"<smil")
_ONLY = "CoachVision reads MP4, MOV, MKV, WebM, AVI, MPEG, WMV, OGG, FLV and GIF files."


@contextmanager
def open_input(path: Path) -> Iterator[InputContainer]:
    """An FFmpeg container, closed on leaving. Raises VideoError in plain words."""
    container = _open(path)
    try:
        yield container
    finally:
        container.close()


def open_unmanaged(path: Path) -> InputContainer:
    """As `open_input`, for a caller that closes the container itself."""
    return _open(path)


def _open(path: Path) -> InputContainer:
    require_file(path)
    options = {
        "format_whitelist": FORMATS,
        "protocol_whitelist": "file",
        "enable_drefs": "0",
        "use_absolute_path": "0",
    }
    try:
        # The prefix names the protocol, so that no file name can be taken for an address or a list of files.
        return av.open(f"file:{path.absolute()}", mode="r", container_options=options, metadata_errors="replace")
    except (av.FFmpegError, ValueError, OSError) as error:
        raise translated(error, path) from error
    except MemoryError as error:
        raise too_much_memory(path) from error


def too_much_memory(path: Path) -> VideoError:
    """The error for a file that asks for more memory than there is, or than it may have."""
    return VideoError(
        "This video needs too much memory",
        f"“{path.name}” asks for more memory than a sound video would.",
        hint="The file is probably damaged. Export it again from the device that filmed it.",
        path=path,
    )


def require_file(path: Path) -> None:
    """Raise VideoError unless there is a readable, non-empty file."""
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise VideoError(
                "This is a folder",
                f"“{name}” is a folder, not a video.",
                hint="Choose a file. Numbered pictures become a film by `coachvision analyze FOLDER --sequence FPS`.",
                path=path,
            )
        size = path.stat().st_size
        # Before the size: a pipe's or device's is 0, and that would be told as an interrupted copy.
        if not path.is_file():
            raise VideoError("Not a file", f"“{name}” is a device or pipe.", hint="Choose a video file.", path=path)
        if size == 0:
            raise VideoError(
                "The file is empty",
                f"“{name}” holds no data (0 bytes).",
                hint="Copy it again from the phone or camera; the copy may have been interrupted.",
                path=path,
            )
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise VideoError(
            "There is no such file",
            f"“{name}” was not found.",
            hint="Check the name, or whether the drive it was on is connected.",
            path=path,
        ) from error
    except PermissionError as error:
        raise VideoError(
            "The file may not be read",
            f"“{name}” is protected: this user may not read it.",
            hint="Change its permissions, or copy it to a folder of your own.",
            path=path,
        ) from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ELOOP:
            raise VideoError(
                "The link leads nowhere",
                f"“{name}” is a link that leads back to itself.",
                hint="Choose the video itself.",
                path=path,
            ) from error
        raise VideoError("The file cannot be read", f"“{name}”: {error}.", path=path, retryable=True) from error


def translated(error: Exception, path: Path) -> VideoError:
    """FFmpeg's refusal of a file in a coach's words, after a look at what the file really is."""
    number = getattr(error, "errno", None)
    if number in (errno.EIO, errno.ENODEV, errno.ESTALE):
        return VideoError(
            "The drive could not be read",
            f"Reading “{path.name}” failed: {error}.",
            hint="Check the drive or network folder, then try again.",
            path=path,
            retryable=True,
        )
    title, what, hint = _sniffed(path)
    return VideoError(title, f"“{path.name}” {what}", hint=hint, path=path)


def _sniffed(path: Path) -> tuple[str, str, str]:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        return "The file cannot be read", f"could not be read: {error}.", ""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(_PLAYLISTS):
        return "This is a playlist", "is a list that points to other files, not a video.", "Choose the video itself."
    if head.startswith(_PICTURES) or head[8:12] == b"WEBP":
        return "This is a picture", "is a still picture, not a video.", f"Choose a video. {_ONLY}"
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return (
            "The recording is not complete",
            "has no readable index: the recording or the copy was cut off before it was finished.",
            "Copy it again from the phone or camera. If it is broken there too, a repair tool may save it.",
        )
    if head and all(byte in b"\t\n\r\f\x1b" or byte >= 32 for byte in head) and b"\x00" not in head:
        return "This is not a video", "holds text, not a video.", f"Choose a video. {_ONLY}"
    return "This is not a video CoachVision can read", "is damaged or of an unknown kind.", _ONLY


def first_video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first video stream that is not a cover picture, its size checked before anything is allocated for it."""
    for stream in container.streams.video:
        if stream.disposition & av.stream.Disposition.attached_pic:
            continue
        refuse_impossible(stream, path)
        return stream
    kind = "sound but no pictures" if container.streams.audio else "no pictures"
    raise VideoError(
        "There is no video in this file",
        f"“{path.name}” has {kind}.",
        hint="Choose a file with a video in it.",
        path=path,
    )


def refuse_impossible(stream: VideoStream, path: Path) -> None:
    """Raise VideoError for a stream that no decoder reads, or with a size beyond 8K that would eat the memory."""
    context = stream.codec_context
    if context is None:
        raise VideoError(
            "Unknown kind of video",
            f"“{path.name}” is coded in a way that CoachVision cannot read.",
            hint="Convert it to H.264 MP4, for instance by exporting it again from the phone.",
            path=path,
        )
    coded = (max(context.width, context.coded_width), max(context.height, context.coded_height))
    # An MP4 header may claim another size: the decoder goes by its own, but the shape of the pixels would be bent.
    width, height = max([coded, *declared_sizes(path)], key=lambda size: size[0] * size[1])
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise VideoError(
            "The picture is too large",
            f"“{path.name}” says its picture is {width} × {height}; up to 8K (8192 × 8192) can be read.",
            hint="The file is probably damaged. If it is sound, export it at a smaller size.",
            path=path,
        )
    # Holds for sizes that change in mid-stream, too: the decoder itself refuses them.
    context.options = {**context.options, "max_pixels": str(MAX_PIXELS)}


def only(container: InputContainer, stream: VideoStream) -> None:
    """Have the demuxer skip every other stream's data."""
    for other in container.streams:
        if other.index != stream.index:
            other.discard = av.stream.Discard.all
