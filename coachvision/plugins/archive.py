"""Plugin zips from anywhere, unpacked so that nothing lands outside the folder given and no bomb fills the disk.

Discovery reads a zip's manifest through it; install and the host unpack with it.
"""

from __future__ import annotations

import glob
import hashlib
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from coachvision.errors import PluginError
from coachvision.plugins.manifest import DEVICE_NAMES, FILE_NAME, MAX_BYTES

MAX_FILES = 5_000
MAX_TOTAL_BYTES = 512 * 1024 * 1024
_CHUNK = 1024 * 1024
_MAX_DEPTH = 20
_FORBIDDEN = frozenset('<>:"|?*')
_STORE = ".unpacked"
# What file systems and version control leave beside a plugin; no part of it.
_LITTER = frozenset({"__pycache__", "__MACOSX", "Thumbs.db"})

# What zipfile raises on damage; RuntimeError for a password, NotImplementedError for an unknown packing method.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError,
    ValueError, OverflowError,
)  # fmt: skip


def is_litter(parts: Iterable[str]) -> bool:
    """True for caches and hidden files, which are not installed."""
    return any(part in _LITTER or part.startswith(".") for part in parts)


def safe_parts(name: str) -> tuple[str, ...]:
    """The parts of a relative file name that is safe on every system. Raises ValueError saying what is wrong."""
    if "\0" in name:
        raise ValueError("has a NUL in its name")
    # Some Windows tools write zips with backslashes; as separators they can do no harm after these checks.
    name = name.replace("\\", "/")
    if name.startswith("/"):
        raise ValueError("has an absolute path")
    if len(name) > 1 and name[1] == ":":
        raise ValueError("names a drive")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if not parts or len(parts) > _MAX_DEPTH:
        raise ValueError("has no name" if not parts else f"lies more than {_MAX_DEPTH} folders deep")
    for part in parts:
        _check_part(part)
    return parts


def _check_part(part: str) -> None:
    if part == "..":
        raise ValueError("leads out of the plugin's folder")
    if any(character in _FORBIDDEN or not character.isprintable() for character in part):
        raise ValueError("has characters in its name that not every system can store")
    if part.endswith((".", " ")) or part.partition(".")[0].strip().lower() in DEVICE_NAMES:
        raise ValueError("has a name that Windows cannot store")
    if len(part.encode("utf-8", "surrogatepass")) > 200:
        raise ValueError("has too long a name")


def choose_manifest(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Of the places of manifests, the one nearest to the top. Raises ValueError where there is none or no nearest."""
    places = sorted((place for place in found if len(place) <= 3), key=len)
    if not places:
        raise ValueError(f"there is no {FILE_NAME} in it")
    nearest = [place for place in places if len(place) == len(places[0])]
    if len(nearest) > 1:
        raise ValueError(f"there are {len(nearest)} files {FILE_NAME} in it; a plugin has one")
    return nearest[0]


def manifest_text(path: Path) -> str:
    """The text of a zip's manifest, nothing unpacked. Raises PluginError."""
    with _opened(path) as archive:
        members = dict(_members(path, archive))
        try:
            place = choose_manifest(parts for parts in members if parts[-1] == FILE_NAME)
        except ValueError as error:
            raise refused(path, f"{error}") from error
        with archive.open(members[place]) as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise refused(path, f"its {FILE_NAME} is longer than {MAX_BYTES // 1024} KB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(path, f"its {FILE_NAME} is not UTF-8 text") from error


def unpack(path: Path, folder: Path) -> None:
    """Unpack a plugin's zip into an existing empty folder. Raises PluginError; nothing is written elsewhere."""
    with _opened(path) as archive:
        members = list(_members(path, archive))
        # A zip may lie about its sizes; zipfile never gives more of a file than the size declared.
        if sum(info.file_size for _, info in members) > MAX_TOTAL_BYTES:
            raise refused(path, f"unpacked it would be larger than {MAX_TOTAL_BYTES // 1024**2} MB")
        for parts, info in members:
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(info) as source, target.open("xb") as file:
                shutil.copyfileobj(source, file, _CHUNK)


def unpacked_copy(path: Path) -> Path:
    """The folder of a zip that lies in the plugin folder as it came: unpacked beside it, once for each content."""
    _require_small(path)
    store = path.parent / _STORE
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    target = store / f"{path.stem}-{digest[:16]}"
    if target.is_dir():
        return target
    store.mkdir(exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=store, prefix=".part-"))
    try:
        unpack(path, part)
        try:
            part.rename(target)
        except OSError:
            # Another process was first: its copy of the same content is as good.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def discard_copies(path: Path) -> None:
    """Remove what `unpacked_copy` made of that zip, of this content and earlier ones."""
    for copy in (path.parent / _STORE).glob(f"{glob.escape(path.stem)}-{'?' * 16}"):
        shutil.rmtree(copy)


def refused(path: Path, why: str) -> PluginError:
    """The error for a plugin's folder or zip that is not taken."""
    return PluginError(
        f"{path.name} is no plugin that CoachVision can install",
        why,
        hint="Ask its author for a whole, plain copy; docs/plugins.md says what belongs in one.",
        path=path,
    )


def _require_small(path: Path) -> None:
    if path.stat().st_size > MAX_TOTAL_BYTES:
        raise refused(path, f"it is larger than {MAX_TOTAL_BYTES // 1024**2} MB")


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    _require_small(path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _DAMAGED as error:
        raise refused(path, f"the zip is damaged or locked ({error})") from error


def _members(path: Path, archive: zipfile.ZipFile) -> Iterator[tuple[tuple[str, ...], zipfile.ZipInfo]]:
    """The files to unpack, each name checked; folders and litter left out."""
    infos = archive.infolist()
    if len(infos) > MAX_FILES:
        raise refused(path, f"it holds {len(infos)} files, more than {MAX_FILES}")
    seen: set[str] = set()
    for info in infos:
        # zipfile cuts the name at a NUL; the name as stored is the one to judge.
        try:
            parts = safe_parts(info.orig_filename)
        except ValueError as error:
            raise refused(path, f"the file {info.orig_filename!r} in it {error}") from error
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise refused(path, f"{info.orig_filename!r} in it is a link or device, not a file")
        if info.is_dir() or info.orig_filename.endswith("\\") or kind == stat.S_IFDIR or is_litter(parts):
            continue
        # zipfile unpacks the other methods without a bound: a megabyte of them can fill the memory.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused(path, f"{info.orig_filename!r} in it is packed in an unusual way; pack it as an ordinary zip")
        key = str(PurePosixPath(*parts)).casefold()
        if key in seen:
            raise refused(path, f"the file {info.orig_filename!r} is in it twice")
        seen.add(key)
        yield parts, info
