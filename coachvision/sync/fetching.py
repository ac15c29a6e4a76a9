"""Files from the cloud into the library's own scratch folder, whole and checked, before anything is changed. Sync room.

Each lands under a generated name ending in `.part`; the library renames it. Nothing of a name from the cloud is used.
"""

from __future__ import annotations

import errno
import hashlib
import os
import uuid
from collections.abc import Callable
from pathlib import Path

from coachvision.checkpoints import checkpoint
from coachvision.sync.database import SyncError
from coachvision.sync.faults import Busy, Fault, Offline
from coachvision.sync.halting import Halt, Throttle
from coachvision.sync.remotes.base import Remote
from coachvision.wire.gateway import ManifestFile

# A connection that breaks in the middle of a film goes on where it broke, so many times in a row without progress.
TRIES = 3
Told = Callable[[int], None]


def fetch(
    remote: Remote, file: ManifestFile, scratch: Path, halt: Halt, throttle: Throttle, told: Told | None = None
) -> Path:
    """A file of the cloud as a synced `.part` in the scratch folder. told: bytes that have come.

    Raises a Fault, Stopped, or SyncError (no room, or other bytes than the manifest says); then nothing is left.
    """
    part = scratch / f"{uuid.uuid4().hex}.part"
    digest = hashlib.sha256()
    try:
        with part.open("xb") as out:
            _fill(remote, file, out.write, digest.update, halt, throttle, told)
            out.flush()
            os.fsync(out.fileno())
        checkpoint("sync.fetched")
        _require(digest.hexdigest() == file.sha256, f"{file.path} does not have the content it was stored with.")
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _disk(error, scratch) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _fill(
    remote: Remote, file: ManifestFile, write: Callable[[bytes], int], also: Callable[[bytes], None], halt: Halt,
    throttle: Throttle, told: Told | None,
) -> None:  # fmt: skip
    have, tries = 0, 0
    while have < file.size:
        before = have
        try:
            for chunk in remote.fetch(file.object_id or "", have):
                halt.check()
                _require(have + len(chunk) <= file.size, f"{file.path} is longer than it was stored.")
                write(chunk)
                also(chunk)
                have += len(chunk)
                if told is not None:
                    told(len(chunk))
                pause = throttle.take(len(chunk))
                if pause > 0:
                    halt.wait(pause)
        except (Offline, Busy):
            if have == before:
                tries += 1
            if tries >= TRIES:
                raise
            continue
        if have < file.size:
            tries = tries + 1 if have == before else 0
            if tries >= TRIES:
                raise Busy(f"{file.path} ended early.")


def _require(sound: bool, told: str) -> None:
    if not sound:
        raise SyncError(
            "The cloud's copy is damaged",
            told,
            hint="Nothing was changed on this laptop. Sync it again from the laptop it comes from.",
        )


def _disk(error: OSError, folder: Path) -> SyncError | Fault:
    if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return SyncError(
            "The disk is full",
            f"There is no room left below {folder.parent.parent} for what comes from the cloud.",
            hint="Free some space on that disk, then restore again; nothing half-written was kept.",
            path=folder,
            retryable=True,
        )
    return SyncError(
        "The disk could not be written",
        f"{folder}: {error.strerror or error}",
        hint="Check that the drive is connected and healthy, then try again.",
        path=folder,
        retryable=True,
    )
