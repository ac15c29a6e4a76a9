"""Is everything in order? Program, video codecs, analyzers, disk and library, in plain words. For the fronts."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from coachvision import __version__
from coachvision.clock import SystemClock
from coachvision.errors import LibraryError
from coachvision.library import Library
from coachvision.plugins.discovery import Installed, discover
from coachvision.plugins.host import obstacles
from coachvision.services.sign_in import open_library
from coachvision.video.codecs import codecs

_ENOUGH_BYTES = 2 << 30
_LITTLE_BYTES = 256 << 20
_TRIAL_S = 60.0
_TOLD = ("numpy", "scipy", "av", "opencv-contrib-python-headless", "ai-edge-litert")


@dataclass(frozen=True)
class Advice:
    """One finding. state: ok, warning (something to know) or error (something is broken). repaired: it is mended."""

    area: Literal["program", "video", "analyzers", "disk", "library"]
    state: Literal["ok", "warning", "error"]
    text: str
    hint: str = ""
    repaired: bool = False


def examine(root: Path, *, repair: bool = False, deep: bool = False) -> Iterator[Advice]:
    """Look at everything, one finding after another. root: the library's folder. deep: read every byte of it.

    repair: mend the library. What has been in the trash for 30 days leaves it for good; nothing else of the coach's is
    deleted.
    """
    yield from _program()
    yield from _video()
    yield from _analyzers()
    yield from _disk(root)
    yield from _library(root, repair=repair, deep=deep)


def _program() -> Iterator[Advice]:
    where = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield Advice("program", "ok", f"CoachVision {__version__} on {where}")
    found = []
    for name in _TOLD:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            hint = f"Install CoachVision again, or: pip install {name}"
            yield Advice("program", "error", f"The package {name} is missing.", hint)
    yield Advice("program", "ok", ", ".join(found))


def _video() -> Iterator[Advice]:
    found = codecs()
    if not found.missing_decoders and not found.missing_encoders:
        yield Advice("video", "ok", f"FFmpeg's libavcodec {found.library} reads and writes every format we count on.")
    for name in found.missing_decoders:
        yield Advice("video", "warning", f"Videos in {name} cannot be read.", "Install the official PyAV wheel.")
    for name in found.missing_encoders:
        hint = "Install the official PyAV wheel."
        yield Advice("video", "error", f"{name} is missing: no MP4 can be written.", hint)


def _analyzers() -> Iterator[Advice]:
    found = discover()
    hindered = obstacles(found)
    if not found:
        yield Advice("analyzers", "error", "No analyzers are installed.", "Install coachvision-pose.")
    for one in found:
        if one.broken is not None:
            hint = f"See its maker, or: coachvision plugins disable {one.name}"
            yield Advice(
                "analyzers", "error" if one.enabled else "warning", f"{one.name} is broken: {one.broken}", hint
            )
        elif not one.enabled:
            yield Advice("analyzers", "ok", f"{one.name} is switched off.")
        elif one.name in hindered:
            yield Advice("analyzers", "warning", f"{one.name} cannot run: {hindered[one.name]}")
        else:
            yield _trial(one)


def _trial(one: Installed) -> Advice:
    """Load and start it in a process of its own: it may be anybody's code, and its weights may be missing."""
    command = [sys.executable, "-P", "-m", "coachvision.services.doctor_child", one.name]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=_TRIAL_S, check=False)
    except subprocess.TimeoutExpired:
        return Advice("analyzers", "error", f"{one.name} does not start within {_TRIAL_S:.0f} seconds.")
    if ended.returncode == 0:
        title = f"{one.manifest.title} {one.manifest.version}" if one.manifest else ""
        return Advice("analyzers", "ok", f"{one.name} ({title}) starts.")
    why = ended.stdout.strip() or f"its process ended with {ended.returncode}"
    return Advice("analyzers", "error", f"{one.name} does not start: {why}", "Install it again.")


def _disk(root: Path) -> Iterator[Advice]:
    place = root
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB are free for the library in {root}."
    if free >= _ENOUGH_BYTES:
        yield Advice("disk", "ok", text)
        return
    hint = "Free some space, or analyze with --in-place --no-proxy."
    yield Advice("disk", "error" if free < _LITTLE_BYTES else "warning", text, hint)


def _library(root: Path, *, repair: bool, deep: bool) -> Iterator[Advice]:
    if not (root / "library.db").exists() and not (root / "sessions").exists():
        yield Advice("library", "ok", "There is no library yet; the first analysis makes one.")
        return
    try:
        library = open_library(root)
    except LibraryError as error:
        if not repair or error.retryable:
            yield Advice("library", "error", str(error), error.hint)
            return
        yield from _rebuilt(root)
        library = open_library(root)
    with library:
        findings = library.check(repair=repair, deep=deep)
        for one in findings:
            state: Literal["ok", "warning", "error"] = "ok" if one.severity == "info" else "warning"
            state = "error" if one.severity == "error" else state
            where = f": {one.path}" if one.path is not None and str(one.path) not in one.what else ""
            yield Advice("library", state, f"{one.what}{where}", one.hint, one.repaired)
        if repair:
            gone = len(library.purge_trash().sessions)
            if gone:
                told = "1 session" if gone == 1 else f"{gone} sessions"
                yield Advice("library", "ok", f"{told} left the trash for good after 30 days.")
        if not any(one.severity == "error" for one in findings):
            yield Advice("library", "ok", f"The library in {root} is whole.")


def _rebuilt(root: Path) -> Iterator[Advice]:
    made = Library.rebuild(root, SystemClock())
    kept = f" The damaged one is kept in {made.moved_to}." if made.moved_to else ""
    text = f"The database was rebuilt with {made.sessions} sessions and {made.videos} videos.{kept}"
    yield Advice("library", "error", text, repaired=True)
    for lost in made.lost:
        yield Advice("library", "error", f"Not brought back: {lost}")
