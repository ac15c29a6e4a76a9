"""Sync against plain clients of the same storage in the same run; peak memory; what an idle syncer costs.

One film of 2 GiB through gateway and Swift on loopback against `boto3 upload_file` of the same file to the same Swift;
a backlog of small files against a plain loop that sends the same requests over one kept connection. Each side is a
process of its own. `COACHVISION_BENCH_SYNC_MIB` and `COACHVISION_BENCH_SYNC_FILES` change the amounts: 10000 is the
whole backlog, nearly all of whose time is Swift's own. That ours does not grow with it is a row by itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, show
from tests.support.auth_server import AuthServer
from tests.support.gateway_process import GatewayProcess
from tests.support.process import ServerProcess
from tests.support.swift_server import SwiftServer

LARGE_MIB = int(os.environ.get("COACHVISION_BENCH_SYNC_MIB", "2048"))
SMALL_FILES = int(os.environ.get("COACHVISION_BENCH_SYNC_FILES", "2000"))
SMALL_BYTES = 2_000
FEW, MANY = 1_000, 10_000
MOST_GROWTH = 1.2
IDLE_S = 60.0
ROUNDS = 2
BUCKET = "bench"
MOST_MEMORY_MB = 300 * (1 << 20) / 1e6
# Two ticks of the clock in which the system counts a process's time.
MOST_IDLE_MS = 20.0


def rows() -> Iterator[Row]:
    """Throughput of one large file, peak memory, small files a second, idle CPU."""
    with (
        tempfile.TemporaryDirectory() as named,
        SwiftServer.start() as swift,
        AuthServer.start() as auth,
        GatewayProcess(
            database=Path(named) / "gateway.db", issuer=auth.issuer, storage_endpoint=swift.endpoint, bucket=BUCKET,
            environment={"COACHVISION_PART_BYTES": str(16 << 20)},
        ) as gateway,
    ):  # fmt: skip
        told = auth.sign_in("coach@example.org")
        swift.make_bucket(BUCKET)
        plan = {
            "folder": named, "gateway": gateway.url, "swift": swift.endpoint, "bucket": BUCKET,
            "user_id": told["user"]["id"], "token": told["access_token"],
        }  # fmt: skip
        yield from _large(plan, swift)
        yield _small(plan, SMALL_FILES, "")
        with ServerProcess.module("tests.support.discarding") as cloud:
            apart = {**plan, "gateway": str(cloud.ready["url"]), "folder": str(Path(named) / "discarding")}
            yield _small(apart, MANY, ", a cloud that discards")
        yield _flat(plan)
        yield _idle(plan)


def _child(job: str, plan: dict[str, Any], **more: object) -> dict[str, float]:
    """Have a job of `sync_child` done in a process of its own; what it measured."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sync_child", job, json.dumps({**plan, **more})],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{job}: {done.stderr}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    told = ", ".join(f"{name} {value:,.1f}" for name, value in measured.items())
    print(f"  {job}: {told}", file=sys.stderr, flush=True)
    return measured


def _large(plan: dict[str, Any], swift: SwiftServer) -> list[Row]:
    film = Path(plan["folder"]) / "film.mp4"
    with film.open("wb") as file:
        block = os.urandom(1 << 20)
        for n in range(LARGE_MIB):
            # No two parts alike.
            file.write(n.to_bytes(8, "big") + block[8:])
    ours, peers, memory = [], [], []
    for number in range(ROUNDS):
        peers.append(_child("boto3", plan, film=str(film), key=f"peer-{number}")["seconds"])
        swift.make_bucket(BUCKET)
        measured = _child("large", plan, film=str(film), library=str(Path(plan["folder"]) / f"library-{number}"))
        ours.append(measured["seconds"])
        memory.append(measured["peak_mb"])
    film.unlink()
    swift.make_bucket(BUCKET)
    rate, peer = LARGE_MIB / min(ours), LARGE_MIB / min(peers)
    return [
        Row(
            f"sync of {LARGE_MIB} MiB through the gateway", rate, "MiB/s", "boto3 upload_file", peer, rate / peer,
            ">= 0.85", rate / peer >= 0.85,
        ),
        Row(
            "its peak memory", max(memory), "MB", "", None, None, f"<= {MOST_MEMORY_MB:.0f} MB",
            max(memory) <= MOST_MEMORY_MB,
        ),
    ]  # fmt: skip


def _small(plan: dict[str, Any], files: int, where: str) -> Row:
    """Against Swift, whose time it nearly all is; against a cloud that costs next to nothing, all 10,000."""
    peer = files / _child("loop", plan, files=files, size=SMALL_BYTES)["seconds"]
    rate = files / _child("small", plan, files=files, size=SMALL_BYTES)["seconds"]
    name = f"backlog of {files:,} small files{where}"
    return Row(name, rate, "files/s", "keep-alive loop", peer, rate / peer, ">= 0.8", rate / peer >= 0.8)


def _flat(plan: dict[str, Any]) -> Row:
    """What a file costs must not grow with the backlog: Swift computes for half an hour on so many, we for seconds."""
    few, many = (_child("own", plan, files=files, size=SMALL_BYTES)["cpu_ms_a_file"] for files in (FEW, MANY))
    return Row(
        f"sync's own CPU a file, backlog of {MANY:,}", many, "ms", f"backlog of {FEW:,}", few, many / few,
        f"<= {MOST_GROWTH}", many / few <= MOST_GROWTH,
    )  # fmt: skip


def _idle(plan: dict[str, Any]) -> Row:
    spent = _child("idle", plan, seconds=IDLE_S)["cpu_ms"]
    return Row(
        f"CPU of idle sync in {IDLE_S:.0f} s", spent, "ms", "", None, None, f"<= {MOST_IDLE_MS:.0f} ms",
        spent <= MOST_IDLE_MS,
    )  # fmt: skip


if __name__ == "__main__":
    show(rows(), "Sync")
