"""Damaged bytes never take this process down, and end in facts or in a plain sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coachvision.errors import VideoError
from coachvision.video.probe import probe
from coachvision.video.reader import VideoReader

_SEEDS = ["tiny_16x16.mp4", "one_frame.mp4", "wmv2.wmv", "odd_321x181_vp9.webm", "mpeg4_bframes.avi", "mpeg2_tff.ts"]


def _damaged(data: bytes, chance: np.random.Generator) -> bytes:
    out = np.frombuffer(data, np.uint8).copy()
    # Half of the hits in the head, where the structure is.
    reach = len(out) if chance.random() < 0.5 else min(len(out), 4096)
    at = chance.integers(0, reach, size=int(chance.integers(1, 60)))
    out[at] = chance.integers(0, 256, size=len(at), dtype=np.uint8)
    if chance.random() < 0.3:
        out = out[: int(chance.integers(1, len(out)))]
    return out.tobytes()


def _try(path: Path) -> str:
    refusal: VideoError | None = None
    try:
        facts = probe(path, timeout_s=20)
    except VideoError as error:
        refusal = error
    if refusal is not None:
        assert refusal.title
        assert path.name in refusal.message
        return "refused"
    assert len(facts.timeline) > 0
    return "read"


def test_a_few_damaged_files(shared_data: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(20)
    outcomes = []
    for name in _SEEDS:
        path = tmp_path / f"fuzzed_{name}"
        path.write_bytes(_damaged((shared_data / "robust" / name).read_bytes(), chance))
        outcomes.append(_try(path))
    # With this seed: all of one kind would mean that nothing was damaged, or that whatever is damaged is refused.
    assert set(outcomes) == {"read", "refused"}


@pytest.mark.soak
def test_many_damaged_files(shared_data: Path, tmp_path: Path) -> None:
    seed = int(np.random.default_rng().integers(1 << 30))
    print("seed", seed)  # to repeat what was found
    chance = np.random.default_rng(seed)
    sources = [p for p in (shared_data / "robust").iterdir() if 0 < p.stat().st_size < 400_000]
    outcomes = {"read": 0, "refused": 0}
    for _ in range(400):
        source = sources[int(chance.integers(len(sources)))]
        path = tmp_path / f"fuzzed_{source.name}"
        path.write_bytes(_damaged(source.read_bytes(), chance))
        outcomes[_try(path)] += 1
    assert min(outcomes.values()) > 0


def test_a_file_damaged_after_it_was_probed_reads_as_far_as_it_goes(shared_data: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(7)
    data = (shared_data / "robust" / "h264_30.mp4").read_bytes()
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    facts = probe(path)
    at = data.index(b"mdat") + 1000
    hits = np.frombuffer(data, np.uint8).copy()
    places = chance.integers(at, len(hits) - 10_000, size=40)
    hits[places] = chance.integers(0, 256, size=40, dtype=np.uint8)
    path.write_bytes(hits.tobytes())
    with VideoReader(path, facts) as reader:
        indices = [frame.index for frame in reader.frames()]
    assert indices == sorted(set(indices))
    assert len(indices) > 20
