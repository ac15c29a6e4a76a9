"""S16 as an operator does it: `--check-audit` against a gateway that runs, and against a copy with rows gone."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx

from coachvision.gateway.storage import Bucket
from tests.gateway.tryout import COMMAND, TryOut
from tests.support.gateway_client import GatewayClient
from tests.support.swift_server import ACCESS_KEY, REGION, SECRET_KEY

FILM = b"a film" * 1000
BUCKET = "coachvision"


def find(folder: Path, name: str) -> Path:
    (found,) = folder.rglob(name)
    return found


def check(database: Path, auth: str, storage: str) -> tuple[int, str, str]:
    """`coachvision gateway --check-audit` of that database: exit code, what it says, what it complains of."""
    environment = {
        **os.environ, "DATABASE_URL": f"sqlite:///{database}", "SUPABASE_URL": auth, "COACHVISION_S3_ENDPOINT": storage,
        "COACHVISION_S3_BUCKET": BUCKET, "COACHVISION_S3_REGION": REGION, "COACHVISION_S3_ACCESS_KEY": ACCESS_KEY,
        "COACHVISION_S3_SECRET_KEY": SECRET_KEY,
    }  # fmt: skip
    ended = subprocess.run(
        [*COMMAND, "--check-audit"], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return ended.returncode, ended.stdout.strip(), ended.stderr.strip()


def without(database: Path, copy: Path, where: str) -> Path:
    """A copy of a database in use, without some of its audit."""
    with closing(sqlite3.connect(database)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)
        assert there.execute(f"DELETE FROM audit WHERE {where}").rowcount > 0  # noqa: S608 - the test's own words
        there.commit()
    return copy


def longest_chain(database: Path) -> tuple[str, int]:
    """Whose it is, and how many entries it has."""
    with closing(sqlite3.connect(database)) as here:
        found = here.execute("SELECT writer, max(seq) FROM audit GROUP BY writer ORDER BY 2 DESC").fetchone()
    return found or ("", 0)


def until_anchored(storage: str, chain: tuple[str, int]) -> None:
    """Until the gateway has kept the hash of the chain's last entry in the bucket."""
    bucket = Bucket(
        endpoint=storage, public_endpoint=None, bucket=BUCKET, region=REGION, access_key=ACCESS_KEY,
        secret_key=SECRET_KEY,
    )  # fmt: skip
    until = time.monotonic() + 120
    with closing(bucket):
        while True:
            kept = [json.loads(bucket.read(key) or b"{}") for key in bucket.keys("audit/")]
            if any((writer, seq) == chain for anchor in kept for writer, (seq, _) in anchor.items()):
                return
            assert time.monotonic() < until, kept
            threading.Event().wait(0.2)


def test_s16_rows_that_were_deleted_are_named_and_a_sound_audit_is_not_doubted(tmp_path: Path) -> None:
    with TryOut(tmp_path, COACHVISION_SWEEP_EVERY_S="1") as tried:
        auth = tried.said(r"SUPABASE_URL=(\S+)")
        port = next(
            line.partition("=")[2].strip()
            for line in find(tried.folder, "proxy.conf").read_text("utf-8").splitlines()
            if line.startswith("bind_port")
        )
        storage, database = f"http://127.0.0.1:{port}", find(tried.folder, "gateway.db")
        signed_in = httpx.post(f"{auth}/control/sign_in", json={"email": "anna@example.org"}, trust_env=False)
        with GatewayClient(tried.url, f"Bearer {signed_in.raise_for_status().json()['access_token']}") as anna:
            # Each thread of the gateway writes a chain of its own.
            until = time.monotonic() + 120
            while (chain := longest_chain(database))[1] < 3:
                assert time.monotonic() < until, chain
                anna.store(FILM)
        writer, head = chain
        until_anchored(storage, chain)

        assert check(database, auth, storage) == (0, "Nobody changed the audit.", "")

        middle = without(database, tmp_path / "middle.db", f"writer = '{writer}' AND seq = 2")
        told = (1, "The audit was changed in 1 place(s).")
        assert check(middle, auth, storage) == (*told, f"missing at entry 2 of {writer}")
        end = without(database, tmp_path / "end.db", f"writer = '{writer}' AND seq = {head}")
        assert check(end, auth, storage) == (*told, f"cut at entry {head} of {writer}")
        assert check(database, auth, storage) == (0, "Nobody changed the audit.", ""), "the copies were changed alone"
