"""How right the numbers are: prints the tables and keeps them in `docs/accuracy.md`.

Run with names of parts (`mediapipe labels synth times`) to measure only those; the document is then left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import accuracy_labels, accuracy_mediapipe, accuracy_synth, accuracy_times
from benchmarks.rows import Row, show

DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"

PARTS: dict[str, tuple[str, Callable[[], list[Row]], str]] = {
    "mediapipe": (
        "Landmarks against mediapipe's own",
        accuracy_mediapipe.rows,
        "The same frames through CoachVision (one athlete) and mediapipe's Python solution (model complexity 1). "
        "Distance of each of the 33 landmarks as a share of the torso's length, without smoothing on either side. "
        "What mediapipe takes for a person in an empty room (a low, flickering score) CoachVision leaves out; such "
        "frames count as found for mediapipe here.",
    ),
    "labels": (
        "Landmarks against hand-labelled joints",
        accuracy_labels.rows,
        "PCK: share of joints within that part of the body's height. OKS: similarity as COCO defines it (1 = as good "
        "as a second person's labels). In clips the joints were triangulated from four cameras (10 to 30 px off "
        "themselves); hips, knees, ankles and shoulders count.",
    ),
    "synth": (
        "Angles of the synthetic athlete",
        accuracy_synth.rows,
        "Rendered, encoded, decoded, landmarks found by the network, filtered; root mean square difference from the "
        "true angle on the side turned to the camera.",
    ),
    "times": (
        "Frame times",
        accuracy_times.rows,
        "Presentation times of variable-rate, rotated, offset and damaged files.",
    ),
}


def rows() -> list[Row]:
    """All parts, one after the other; the document is written anew."""
    measured = {name: part[1]() for name, part in PARTS.items()}
    write(measured)
    return [row for part in measured.values() for row in part]


def write(measured: dict[str, list[Row]]) -> None:
    """The tables as Markdown."""
    lines = [
        "# Accuracy",
        "",
        "Written by `python -m benchmarks.accuracy`; measured on real clips that are not part of",
    ]
    lines += ["the repository and on scenes made by `coachvision.synth`.", ""]
    for name, found in measured.items():
        title, _, explanation = PARTS[name]
        lines += [f"## {title}", "", explanation, ""]
        lines += ["| what | ours | peer | target | met |", "|---|---:|---:|---|---|"]
        lines += [_line(row) for row in found]
        lines.append("")
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text("\n".join(lines), encoding="utf-8")


def _line(row: Row) -> str:
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    peer = "" if row.peer_value is None else f"{row.peer_value:.4g}"
    return f"| {row.name} | {row.value:.4g} {row.unit} | {peer} | {row.target} | {met} |"


if __name__ == "__main__":
    if sys.argv[1:]:
        for chosen in sys.argv[1:]:
            show(PARTS[chosen][1](), PARTS[chosen][0])
    else:
        show(rows(), "Accuracy")
