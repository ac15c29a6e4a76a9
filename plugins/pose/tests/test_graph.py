"""A network without the branch nobody reads answers exactly what the whole one does."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from coachvision_pose.graph import keep_outputs
from coachvision_pose.network import Network, weights


def test_kept_outputs_are_bit_for_bit_those_of_the_whole_network() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (256, 256, 3), dtype=np.uint8)
    whole = Network("pose_landmark_full.tflite").run(picture, 1 / 255, 0.0)
    part = Network("pose_landmark_full.tflite", (0, 1, 3, 4)).run(picture, 1 / 255, 0.0)
    assert [output.shape for output in part] == [(1, 195), (1, 1), (1, 64, 64, 39), (1, 117)]
    for kept, same in zip(part, [whole[0], whole[1], whole[3], whole[4]], strict=True):
        np.testing.assert_array_equal(kept, same)


def test_only_operators_that_are_needed_stay() -> None:
    model = weights("pose_landmark_full.tflite")
    only_score = keep_outputs(model, [1])
    operators = [len(Interpreter(model_content=data)._get_ops_details()) for data in (model, only_score)]
    # The score hangs on the backbone alone: neither heat maps nor segmentation.
    assert operators[1] < 0.9 * operators[0]


def test_an_output_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="a network that has 2"):
        keep_outputs(weights("pose_detection.tflite"), [2])


def test_missing_weights_are_told_in_plain_words() -> None:
    with pytest.raises(FileNotFoundError, match="build or install coachvision-pose again"):
        weights("no_such.tflite")
