"""F20: films of any size in less than 300 MiB of memory."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import httpx
import pytest

from coachvision.library import Library
from tests.library.samples import FACTS
from tests.support.process import ROOT, ServerProcess
from tests.sync.conftest import Cloud, MakeLaptop

MOST = 300 << 20


def sync_apart(root: Path, gateway: str, user_id: str, token: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.large_child", str(root), gateway, user_id, token],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return told


def sparse(path: Path, size: int) -> Path:
    """A film of nothing but a beginning and an end."""
    with path.open("wb") as file:
        file.write(b"begin")
        file.seek(size - 3)
        file.write(b"end")
    return path


def sync_discarded(tmp_path: Path, size: int) -> dict[str, object]:
    user = str(uuid.uuid4())
    claims = base64.urlsafe_b64encode(json.dumps({"sub": user}).encode()).decode().rstrip("=")
    with (
        ServerProcess.module("tests.support.discarding") as cloud,
        Library.open(tmp_path / "library", user_id=user) as library,
    ):
        library.create_session(library.add_video(sparse(tmp_path / "film.mp4", size), FACTS, copy=False))
        told = sync_apart(tmp_path / "library", cloud.ready["url"], user, f"head.{claims}.foot")
        taken = httpx.get(f"{cloud.ready['url']}/taken", timeout=60).json()["bytes"]
    assert (told["failed"], told["bytes"], taken) == ([], size, size)
    return told


def test_f20_a_large_film_takes_no_more_memory_than_a_small_one(tmp_path: Path) -> None:
    told = sync_discarded(tmp_path, 160 << 20)
    assert int(str(told["peak"])) < MOST


@pytest.mark.soak
def test_f20_fifty_gibibytes_against_a_cloud_that_discards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = sync_discarded(tmp_path, 50 << 30)
    with capsys.disabled():
        print(f"\nsync of 50 GiB: {int(str(told['peak'])) / 2**20:.0f} MiB at most")
    assert int(str(told["peak"])) < MOST


@pytest.mark.soak
def test_f20_two_gibibytes_through_gateway_and_storage(
    make_laptop: MakeLaptop, cloud: Cloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    laptop = make_laptop()
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        for n in range(2048):
            file.write(n.to_bytes(8, "big") + os.urandom((1 << 20) - 8))
    with laptop.library() as library:
        video = library.add_video(path, FACTS, copy=False)
        library.create_session(video)
    assert laptop.tokens is not None
    told = sync_apart(laptop.root, cloud.gateway.url, laptop.tokens.user_id, laptop.tokens.token)
    assert told["failed"] == []
    assert int(str(told["peak"])) < MOST
    with capsys.disabled():
        print(f"\nsync of 2 GiB: {int(str(told['peak'])) / 2**20:.0f} MiB at most")
    (key,) = cloud.keys(laptop.tokens.user_id)
    digest = hashlib.sha256()
    client = cloud.swift.client()
    for chunk in client.get_object(Bucket="sync", Key=key)["Body"].iter_chunks(1 << 20):
        digest.update(chunk)
    client.close()
    assert digest.hexdigest() == video.sha256
