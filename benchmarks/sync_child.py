"""One side of `benchmarks.sync`, in a process of its own: `python -m benchmarks.sync_child JOB {PLAN}`."""

from __future__ import annotations

import hashlib
import json
import random
import resource
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from coachvision.sync.remotes.base import Remote

WHEN = "2026-01-31T12:00:00.000Z"
FILES_A_SESSION = 10


def large(plan: dict[str, Any]) -> dict[str, float]:
    """A session with that film, synced."""
    from coachvision.library import Library
    from tests.library.samples import FACTS

    with Library.open(Path(plan["library"]), user_id=plan["user_id"]) as library:
        library.create_session(library.add_video(Path(plan["film"]), FACTS, copy=False))
    syncing = _syncing(plan, Path(plan["library"]))
    began = time.perf_counter()
    _once(syncing)
    return {
        "seconds": time.perf_counter() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000 * 1.024,
    }


def boto3_upload(plan: dict[str, Any]) -> dict[str, float]:
    """The same film by boto3's own managed transfer, straight into the bucket."""
    client = _s3(plan)
    began = time.perf_counter()
    client.upload_file(plan["film"], plan["bucket"], plan["key"])
    return {"seconds": time.perf_counter() - began}


def small(plan: dict[str, Any]) -> dict[str, float]:
    """A backlog of small files through the real engine; the library's side is given from memory."""
    from coachvision.sync.remotes.gateway import GatewayRemote

    remote = GatewayRemote(plan["gateway"], _Tokens(plan))
    measured = _backlog(plan, Path(plan["folder"]) / "small", remote)
    remote.close()
    return measured


def own(plan: dict[str, Any]) -> dict[str, float]:
    """The same against a cloud that takes everything at once: what the engine, its notes and its files cost."""
    folder = Path(plan["folder"]) / f"own-{plan['files']}"
    return _backlog(plan, folder, cast("Remote", _Taking(plan["user_id"])))


def _backlog(plan: dict[str, Any], folder: Path, remote: Remote) -> dict[str, float]:
    from coachvision.clock import SystemClock
    from coachvision.sync.engine import Engine, Wishes
    from coachvision.sync.halting import Halt
    from tests.sync.fakes import open_journal

    database, journal = open_journal(folder)
    shelf = _shelf(plan, folder)
    engine = Engine(
        journal, shelf, remote, clock=SystemClock(), draw=random.random, metered=lambda: False, wishes=Wishes
    )
    began, spent = time.perf_counter(), time.process_time()
    summary = engine.run(Halt())
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    assert (summary.uploaded_files, summary.failed) == (plan["files"], []), summary
    database.close()
    return {"seconds": seconds, "cpu_ms_a_file": 1000 * spent / plan["files"]}


class _Taking:
    """A cloud without a network that takes whatever it is given."""

    def __init__(self, owner: str) -> None:
        self.owner = owner

    def register(self, _item: Any) -> Any:
        from coachvision.sync.remotes.base import Registered

        return Registered(str(uuid.uuid4()), 16 << 20, stored=False, fresh=True)

    def sign(self, _item: Any, parts: Any) -> Any:
        from coachvision.sync.remotes.base import Address

        return {n: Address("", {}) for n, _, _ in parts}

    def send(self, _address: Any, body: Any, size: int, _md5: str) -> None:
        assert sum(map(len, body)) == size

    def complete(self, _item: Any, _md5s: Any) -> None: ...

    def put(self, _root: Any, _manifest: Any) -> int:
        return 1

    def changes(self, _cursor: str) -> Any:
        from coachvision.sync.remotes.base import Page

        return Page([], "", more=False)

    def break_off(self) -> None: ...


def loop(plan: dict[str, Any]) -> dict[str, float]:
    """The same requests in a plain loop over kept connections, without notes, hashing files or coming back later."""
    import base64

    import httpx

    api = httpx.Client(base_url=plan["gateway"], headers={"Authorization": f"Bearer {plan['token']}"}, timeout=60)
    storage = httpx.Client(timeout=60)
    bodies = [_body(n, plan["size"]) for n in range(plan["files"])]
    began = time.perf_counter()
    for n, body in enumerate(bodies):
        if n % FILES_A_SESSION == 0:
            session = str(uuid.uuid4())
            files = []
        announced = {
            "session_id": session, "kind": "file", "ext": "bin", "content_type": "application/octet-stream",
            "size": len(body), "sha256": hashlib.sha256(body).hexdigest(),
        }  # fmt: skip
        upload = api.post("/v1/uploads", json=announced, headers={"Idempotency-Key": str(uuid.uuid4())}).json()
        md5 = hashlib.md5(body, usedforsecurity=False)
        at = f"/v1/uploads/{upload['upload_id']}"
        (part,) = api.post(f"{at}/urls", json={"parts": [{"n": 1, "md5": md5.hexdigest()}]}).json()["parts"]
        assert part["headers"]["Content-MD5"] == base64.b64encode(md5.digest()).decode()
        storage.put(part["url"], content=body, headers=part["headers"]).raise_for_status()
        api.post(f"{at}/complete").raise_for_status()
        files.append(
            {"kind": "file", "path": f"{n}", "size": len(body), "sha256": announced["sha256"],
             "object_id": upload["upload_id"]}
        )  # fmt: skip
        if len(files) == FILES_A_SESSION:
            manifest = {
                "device_id": "bench", "created": WHEN, "updated": WHEN, "files": files,
                "document": {"digest": "0", "trashed_at": None},
            }  # fmt: skip
            api.put(f"/v1/sessions/{session}", json=manifest, headers={"If-Match": '"0"'}).raise_for_status()
    seconds = time.perf_counter() - began
    api.close()
    storage.close()
    return {"seconds": seconds}


def idle(plan: dict[str, Any]) -> dict[str, float]:
    """The process time of a background syncer that has nothing to do."""
    from coachvision.library import Library
    from coachvision.services.sync_now import BackgroundSync

    root = Path(plan["folder"]) / "idle"
    with Library.open(root, user_id=plan["user_id"]):
        pass
    ran = threading.Event()
    background = BackgroundSync(_syncing(plan, root), lambda _told: ran.set())
    background.start()
    assert ran.wait(60)
    # The first run's threads come to their end.
    time.sleep(2)
    before = time.process_time()
    time.sleep(plan["seconds"])
    spent = time.process_time() - before
    background.stop()
    return {"cpu_ms": spent * 1000}


class _Tokens:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.user_id: str = plan["user_id"]
        self._token: str = plan["token"]

    def access_token(self, *, rejected: str | None = None) -> str:
        assert rejected is None
        return self._token


def _syncing(plan: dict[str, Any], root: Path) -> Any:
    from coachvision.accounts.account import Account
    from coachvision.services.sync_now import Syncing
    from coachvision.sync.engine import Wishes
    from coachvision.sync.remotes.gateway import GatewayRemote

    remote = _Tokens(plan)
    return Syncing(root, Account(root, {}), wishes=Wishes, remote=lambda: GatewayRemote(plan["gateway"], remote))


def _once(syncing: Any) -> None:
    from coachvision.services.sync_now import Halt

    summary = syncing.once(Halt())
    assert summary.failed == [], summary
    assert summary.uploaded_files == 1, summary


def _s3(plan: dict[str, Any]) -> Any:
    import boto3
    from botocore.config import Config

    from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY

    config = Config(
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
        s3={"addressing_style": "path"},
    )  # fmt: skip
    return boto3.client(
        "s3", endpoint_url=plan["swift"], aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY,
        region_name=REGION, config=config,
    )  # fmt: skip


def _body(n: int, size: int) -> bytes:
    return n.to_bytes(8, "big") * (size // 8)


def _shelf(plan: dict[str, Any], folder: Path) -> Any:
    """Sessions of small files, all changed and waiting."""
    from coachvision.sync.local import LocalChange, LocalFile, LocalRoot
    from coachvision.sync.records import Content
    from coachvision.wire.gateway import SessionManifest
    from tests.sync.fakes import MemoryShelf

    class Backlog(MemoryShelf):
        def look(self, _entity: str, root_id: str) -> LocalRoot | None:
            if root_id not in files:
                return None
            told = SessionManifest(
                device_id="bench", created=WHEN, updated=WHEN, document={"digest": root_id, "trashed_at": None}
            )
            return LocalRoot("session", root_id, Content(root_id), told, files[root_id])

    files: dict[str, list[LocalFile]] = {}
    for n in range(plan["files"]):
        if n % FILES_A_SESSION == 0:
            session = str(uuid.uuid4())
            files[session] = []
        path = folder / f"{n}.bin"
        path.write_bytes(_body(n, plan["size"]))
        files[session].append(LocalFile("file", f"{n}", "bin", path, path.stat().st_size, None))
    shelf = Backlog("bench", folder, owner=plan["user_id"])
    shelf.outbox = [LocalChange(n, "session", session) for n, session in enumerate(files, 1)]
    return shelf


JOBS: dict[str, Callable[[dict[str, Any]], dict[str, float]]] = {
    "large": large, "boto3": boto3_upload, "small": small, "own": own, "loop": loop, "idle": idle,
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](json.loads(sys.argv[2]))))
