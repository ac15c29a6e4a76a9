"""Our landmarks and mediapipe's against hand-labelled joints in images and clips. For `accuracy`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.clips import data
from benchmarks.keypoints import distances, oks
from benchmarks.ours import by_frame, pose_of, pose_of_frames, star
from benchmarks.peer import NAME, Peer
from benchmarks.rows import Row
from coachvision.core.frames import Frame
from coachvision.core.time import Timeline
from coachvision.core.video import Video

Labels = Mapping[str, tuple[float, float]]

_CLIPS = ("balance_cam_a", "balance_cam_c", "balance_with_second_person_a")
_JOINTS = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", "hip", "knee", "ankle"))
# Shares of the body's height, and what the labels' author suggests to ask for.
_SUGGESTED = ((0.1, 0.95), (0.05, 0.8))


def rows() -> list[Row]:
    """Images (best match a labelled person), then clips."""
    with Peer() as peer:
        return _images(peer) + [row for name in _CLIPS for row in _clip(name, peer)]


def _images(peer: Peer) -> list[Row]:
    folder = data() / "pose_images"
    images = json.loads((folder / "keypoints.json").read_text(encoding="utf-8"))["images"]
    theirs = peer.images([folder / image["file"] for image in images]).points
    # mediapipe gives one person an image: on that count, of each image the person it matches best.
    ours_best, peer_best, ours_all, ours_pck, peer_pck = [], [], [], [], []
    for image, peer_points in zip(images, theirs, strict=True):
        poses = _poses(folder / image["file"])
        empty = np.full((33, 2), np.nan)
        people = [_person(person) for person in image["persons"]]
        scores = [max((oks(pose, labels, area) for pose in poses), default=0.0) for labels, area, _ in people]
        ours_all += scores
        ours_best.append(max(scores))
        labels, area, height = people[int(np.argmax(scores))]
        match = max(poses, key=lambda pose: oks(pose, labels, area), default=empty)
        ours_pck += [value <= 0.1 * height for value in distances(match, labels)]
        peer_scores = [oks(peer_points[:, :2], labels, area) for labels, area, _ in people]
        peer_best.append(max(peer_scores))
        labels, _, height = people[int(np.argmax(peer_scores))]
        peer_pck += [value <= 0.1 * height for value in distances(peer_points[:, :2], labels)]
    count = len(images)
    return [
        _row(f"{count} images, best person: mean OKS", np.mean(ours_best), np.mean(peer_best)),
        _row(f"{count} images, best person: PCK at 0.1 of height", np.mean(ours_pck), np.mean(peer_pck)),
        _row(f"{count} images, all {len(ours_all)} labelled people: mean OKS", np.mean(ours_all), None),
    ]


def _poses(path: Path) -> list[np.ndarray]:
    """Everyone we find in one image, as a video of one frame."""
    picture = cv2.cvtColor(np.asarray(cv2.imread(str(path))), cv2.COLOR_BGR2RGB)
    video = Video(picture.shape[1], picture.shape[0], Timeline(np.zeros(1, np.int64), Fraction(1, 30)), 0, 0)
    result = pose_of_frames([Frame(0, 0, 0.0, rgb=np.asarray(picture, np.uint8))], video, people=8)
    return [track.points[0] for track in result.tracks]


def _person(person: dict[str, Any]) -> tuple[Labels, float, float]:
    """Labels, area and height; where the set gives no area, half the box; where no box, that of the joints."""
    labels = {name: (x, y) for name, (x, y, seen) in person["keypoints"].items() if seen > 0}
    spread = np.ptp(np.array(list(labels.values())), axis=0)
    _, _, width, height = person.get("bbox_xywh") or (0, 0, *spread)
    return labels, float(person.get("area") or 0.5 * width * height), float(max(width, height))


def _clip(name: str, peer: Peer) -> list[Row]:
    folder = data() / "pose_video"
    frames = json.loads((folder / f"{name}.joints.json").read_text(encoding="utf-8"))["frames"]
    labels = {frame["frame"]: _renamed(frame["joints_px"]) for frame in frames}
    heights = [_height(frame["joints_px"]) for frame in frames]
    body = float(np.median(heights))
    result, video = pose_of(folder / f"{name}.mp4")
    ours = by_frame(result, video, star(result))
    theirs = peer.clip(folder / f"{name}.mp4", points=True).points[:, :, :2]
    out = []
    for share, suggested in _SUGGESTED:
        mine, other = (
            float(np.mean([d <= share * body for at, joints in labels.items() for d in distances(points[at], joints)]))
            for points in (ours, theirs)
        )
        target = f">= {suggested:g} (suggested)"
        out.append(
            Row(
                f"{name}: PCK at {share:g} of height",
                mine,
                "",
                NAME,
                other,
                _ratio(mine, other),
                target,
                mine >= suggested,
            )
        )
    area = 0.2 * body**2  # an upright body fills half a box that is 0.4 as wide as high
    mine, other = (
        float(np.mean([oks(points[at], joints, area) for at, joints in labels.items()])) for points in (ours, theirs)
    )
    return [*out, _row(f"{name}: mean OKS", mine, other)]


def _renamed(joints: Mapping[str, list[float]]) -> Labels:
    """`LKnee` is left_knee; of all joints those that the suggested measure speaks of."""
    return {
        name: (joints[key][0], joints[key][1])
        for name in _JOINTS
        if (key := name[0].upper() + name.split("_")[1].capitalize()) in joints
    }


def _height(joints: Mapping[str, list[float]]) -> float:
    ys = [place[1] for place in joints.values()]
    return max(ys) - min(ys)


def _row(name: str, value: float | np.floating[Any], other: float | np.floating[Any] | None) -> Row:
    peer_value = None if other is None else float(other)
    return Row(name, float(value), "", NAME, peer_value, None if other is None else _ratio(value, other), "", None)


def _ratio(value: float | np.floating[Any], other: float | np.floating[Any]) -> float | None:
    """None where the peer has next to nothing: it followed somebody else."""
    return float(value) / float(other) if other > 0.01 else None
