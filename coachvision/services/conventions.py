"""How our numbers are meant, in words: stated wherever they are shown or exported."""

from __future__ import annotations

ANGLES = (
    "Knee, hip and elbow angles are in degrees: 0 is straight, bending (flexion) is positive.",
    "Ankle angles are in degrees from neutral (foot square to the shin): dorsiflexion (toes up) is positive.",
    "Segment angles are in degrees from the horizontal, counter-clockwise positive.",
    "Angles are measured in the plane of the picture: they are true where the athlete moves square to the camera.",
)
TIMES = "Times are seconds from the first frame, as the file's own time stamps tell them."
LENGTHS = (
    "Points are pixels of the upright picture, x to the right and y down from its top left corner. Lengths are pixels,"
    " too, unless a calibration was given; then metres."
)
UNCERTAINTY = "± is one standard uncertainty."

CONVENTIONS: tuple[str, ...] = (*ANGLES, TIMES, LENGTHS, UNCERTAINTY)
