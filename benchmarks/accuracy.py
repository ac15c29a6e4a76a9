"""How right the numbers are: prints the tables and keeps them in `docs/accuracy.md`.

Run with names of parts (`mediapipe labels synth times`) to measure only those; the others stay as they are there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import accuracy_labels, accuracy_mediapipe, accuracy_synth, accuracy_times
from benchmarks.rows import Row, show

DOCUMENT = Path(__file__).parents[1] / "docs" / "accuracy.md"

_OPENING = """# Accuracy

Written by `python -m benchmarks.accuracy`, measured on real clips that are not part of the repository and on scenes
made by `coachvision.synth`.
"""

PARTS: dict[str, tuple[str, Callable[[], list[Row]], str]] = {
    "mediapipe": (
        "Landmarks against mediapipe's own",
        accuracy_mediapipe.rows,
        "The same frames through CoachVision (one athlete) and mediapipe's Python solution (model complexity 1). "
        "Distance of each of the 33 landmarks as a share of the torso's length, without smoothing on either side. "
        "Frames in which nobody is, as far as the clip's known answers say so, are left out on both sides: mediapipe "
        "takes furniture for people there, CoachVision does not.",
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
    """All parts, one after the other; each writes its section of the document."""
    return [row for name in PARTS for row in measured(name)]


def measured(name: str) -> list[Row]:
    """One part, and its section of the document; the other sections stay as they were measured last."""
    found = PARTS[name][1]()
    sections = _sections()
    sections[name] = _section(name, found)
    parts = [_OPENING, *(sections[part] for part in PARTS if part in sections)]
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text("\n".join(parts), encoding="utf-8")
    return found


def _sections() -> dict[str, str]:
    """Those of the document as it stands, by part."""
    text = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.is_file() else ""
    by_title = {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in text.split("\n## ")[1:]}
    return {name: by_title[title] for name, (title, _, _) in PARTS.items() if title in by_title}


def _section(name: str, found: list[Row]) -> str:
    title, _, explanation = PARTS[name]
    head = ["| what | ours | peer | target | met |", "|---|---:|---:|---|---|"]
    return "\n".join([f"## {title}", "", explanation, "", *head, *(_line(row) for row in found), ""])


def _line(row: Row) -> str:
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    peer = "" if row.peer_value is None else f"{row.peer_value:.4g}"
    return f"| {row.name} | {row.value:.4g} {row.unit} | {peer} | {row.target} | {met} |"


if __name__ == "__main__":
    for chosen in sys.argv[1:] or PARTS:
        show(measured(chosen), PARTS[chosen][0])
