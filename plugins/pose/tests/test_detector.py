"""Anchors, decoding and merging of the detector's answer, on values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from coachvision_pose.detector import Detection, anchors, decode, merge, overlaps


def test_anchors_lie_at_cell_centres_layer_by_layer() -> None:
    centres = anchors()
    assert centres.shape == (2254, 2)  # 2 x 28 x 28 + 2 x 14 x 14 + 6 x 7 x 7
    assert centres[0] == pytest.approx([0.5 / 28, 0.5 / 28])
    assert centres[2] == pytest.approx([1.5 / 28, 0.5 / 28])  # two anchors a cell, x runs first
    assert centres[1568] == pytest.approx([0.5 / 14, 0.5 / 14])
    assert centres[1960 + 6] == pytest.approx([1.5 / 7, 0.5 / 7])  # three layers of two share the coarsest cells
    assert centres[-1] == pytest.approx([6.5 / 7, 6.5 / 7])


def test_values_are_pixels_from_the_anchor() -> None:
    values = np.zeros((2, 12), np.float32)
    values[1] = [22.4, -22.4, 44.8, 89.6, 0, 0, 0, -112, 11.2, 0, 22.4, 22.4]
    logits = np.array([-5.0, 3.0], np.float32)
    people = decode(values, logits, np.array([[0.1, 0.1], [0.5, 0.5]], np.float32))
    assert len(people) == 1
    person = people[0]
    assert person.score == pytest.approx(1 / (1 + np.exp(-3.0)), rel=1e-5)
    assert person.box == pytest.approx([0.5, 0.2, 0.7, 0.6], abs=1e-6)  # centre 0.6, 0.4; 0.2 wide, 0.4 high
    assert person.keypoints == pytest.approx(np.array([[0.5, 0.5], [0.5, 0.0], [0.55, 0.5], [0.6, 0.6]]), abs=1e-6)


def test_enormous_logits_neither_warn_nor_overflow() -> None:
    logits = np.array([-1e30, 1e30], np.float32)
    people = decode(np.zeros((2, 12), np.float32), logits, np.full((2, 2), 0.5, np.float32))
    assert [person.score for person in people] == [pytest.approx(1.0)]


def test_overlapping_boxes_are_averaged_by_score_and_distant_ones_stay() -> None:
    boxes = np.array([[0, 0, 10, 10], [2, 0, 12, 10], [50, 50, 60, 60]], np.float32)
    keypoints = np.stack([np.full((4, 2), value, np.float32) for value in (1.0, 4.0, 9.0)])
    people = merge(boxes, keypoints, np.array([0.9, 0.6, 0.8], np.float32))
    # Weights 0.9 and 0.6 of 1.5: 0.6 and 0.4.
    assert [person.score for person in people] == pytest.approx([0.9, 0.8])
    assert people[0].box == pytest.approx([0.8, 0, 10.8, 10], abs=1e-5)
    assert people[0].keypoints[0, 0] == pytest.approx(0.6 * 1 + 0.4 * 4)
    assert people[1].box == pytest.approx([50, 50, 60, 60])


def test_overlap_is_intersection_over_union() -> None:
    others = np.array([[5, 0, 15, 10], [0, 0, 10, 10], [20, 20, 30, 30]], np.float32)
    assert overlaps(np.array([0, 0, 10, 10], np.float32), others) == pytest.approx([1 / 3, 1.0, 0.0])


def test_a_detection_moves_with_its_picture() -> None:
    person = Detection(np.array([0, 0, 1, 1], np.float32), np.full((4, 2), 0.5, np.float32), 0.9)
    moved = person.moved(200.0, 10.0, -20.0)
    assert moved.box == pytest.approx([10, -20, 210, 180])
    assert moved.keypoints[0] == pytest.approx([110, 80])
