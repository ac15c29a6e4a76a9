"""Puts a plugin's folder or zip into the coach's plugin folder, whole or not at all, and takes it out again.

Nothing of the plugin is run. The command line and the settings window call it.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coachvision import paths
from coachvision.checkpoints import checkpoint
from coachvision.errors import PluginError
from coachvision.plugins import archive, state, userfolder
from coachvision.plugins.archive import refused
from coachvision.plugins.discovery import PREVIOUS, Installed, discover
from coachvision.plugins.manifest import FILE_NAME


def install(source: Path, plugin_dir: Path | None = None) -> Installed:
    """Install from a folder or zip; an older copy of the same id is replaced. Default folder: `paths.plugin_dir()`.

    Raises PluginError, and leaves what was installed before as it was, where the source is missing, damaged, unsafe
    or too large, its manifest is wrong, its code imports what it may not, or its id belongs to another plugin.
    """
    root = plugin_dir or paths.plugin_dir()
    with _told_plainly(source), _staging(root) as staging:
        whole = staging / "plugin"
        _gather(source, whole)
        user = userfolder.look(whole, source.name)
        userfolder.check_imports(user)
        target = _place_for(user.manifest.id, source, root)
        _replace(whole, target, root)
        (found,) = (one for one in discover(root) if one.path == target)
    return found


def uninstall(plugin_id: str, plugin_dir: Path | None = None) -> None:
    """Take a plugin out of the coach's plugin folder; a broken one goes by its folder's name.

    Raises PluginError where there is none of that name or it was installed as a package.
    """
    root = plugin_dir or paths.plugin_dir()
    known = [one for one in discover(root) if plugin_id in (one.name, one.path.name if one.source == "user" else "")]
    mine = [one for one in known if one.source == "user"]
    if not mine:
        if known:
            raise PluginError(
                f"{plugin_id} is not in the plugin folder",
                f"It was installed as the package {known[0].distribution}.",
                hint=f"Switch it off (coachvision plugins disable {plugin_id}) or remove the package.",
            )
        raise PluginError(f"There is no plugin {plugin_id}", hint="See: coachvision plugins list")
    path = mine[0].path
    with _told_plainly(path):
        if path.is_symlink() or path.is_file():
            path.unlink()
            archive.discard_copies(path)
        else:
            with _staging(root) as staging:
                path.rename(staging / "removed")
    off, _ = state.disabled()
    if mine[0].name in off and len(known) == 1:
        # Installed again some day, it is a new plugin, and new ones are enabled.
        state.set_enabled(mine[0].name, True)


def _gather(source: Path, whole: Path) -> None:
    """Copy or unpack the source, checked, into a new folder."""
    whole.mkdir()
    if source.is_dir():
        _copy(source, _inner(source, whole))
    elif not source.exists():
        raise PluginError(f"{source.name} does not exist", f"There is nothing at {source}.", path=source)
    elif source.suffix.lower() != ".zip" or not source.is_file():
        raise refused(source, "it is neither a folder nor a .zip file")
    else:
        archive.unpack(source, whole)


def _inner(source: Path, whole: Path) -> Path:
    """Where a folder's content goes: one level down where the folder is the Python package itself."""
    if (source / FILE_NAME).is_file() and (source / "__init__.py").is_file():
        inner = whole / source.resolve().name
        inner.mkdir()
        return inner
    return whole


def _copy(source: Path, whole: Path) -> None:
    files = total = 0
    for path in _walk(source):
        relative = path.relative_to(source)
        try:
            archive.safe_parts(relative.as_posix())
        except ValueError as error:
            raise refused(source, f"the file {str(relative)!r} in it {error}") from error
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise refused(source, f"{str(relative)!r} in it is a link or device, not a file")
        target = whole / relative
        if stat.S_ISDIR(mode):
            target.mkdir()
            continue
        files += 1
        total += path.stat().st_size
        if files > archive.MAX_FILES or total > archive.MAX_TOTAL_BYTES:
            raise refused(
                source,
                f"it is larger than {archive.MAX_TOTAL_BYTES // 1024**2} MB or {archive.MAX_FILES} files; "
                "is this the right folder?",
            )
        shutil.copyfile(path, target)


def _walk(folder: Path) -> Iterator[Path]:
    """Files and folders below, parents first, litter left out, links not followed."""
    for path in sorted(folder.iterdir()):
        if archive.is_litter([path.name]):
            continue
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)


def _place_for(plugin_id: str, source: Path, root: Path) -> Path:
    """The folder that this id has or gets. Raises PluginError where the id belongs to a package or to a loose zip."""
    for one in discover(root):
        if one.name != plugin_id or one.broken is not None:
            continue
        if one.source != "user":
            raise refused(source, f"its id {plugin_id!r} is already taken by the package {one.distribution}")
        if one.path.is_file():
            raise refused(source, f"its id {plugin_id!r} is already taken by {one.path.name} in the plugin folder")
        if not one.path.name.startswith(PREVIOUS):
            return one.path
    return root / plugin_id


def _replace(new: Path, target: Path, root: Path) -> None:
    """Rename the new folder into place. Discovery takes the old one, put aside, should the machine stop in between."""
    previous = root / f"{PREVIOUS}{target.name}"
    if not os.path.lexists(target):
        new.rename(target)
        _clear(previous)
        return
    _clear(previous)
    target.rename(previous)
    checkpoint("plugins.install.old_aside")
    try:
        new.rename(target)
    except BaseException:
        previous.rename(target)
        raise
    checkpoint("plugins.install.new_in_place")
    _clear(previous)


def _clear(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


@contextmanager
def _staging(root: Path) -> Iterator[Path]:
    """A hidden folder on the same disk, gone at the end."""
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root, prefix=".staging-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told_plainly(source: Path) -> Iterator[None]:
    try:
        yield
    except PluginError as error:
        # The copy that was looked at is gone by now; the coach knows the source.
        raise PluginError(error.title, error.message, hint=error.hint, path=source) from error
    except OSError as error:
        raise PluginError(
            f"{source.name} could not be installed or removed",
            f"{error.filename or source}: {error.strerror or error}",
            hint="Check the disk's free space and your permission for that folder.",
            path=source,
            retryable=True,
        ) from error
