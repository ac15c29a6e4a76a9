"""The shape of a synthetic athlete: segment lengths, masses and clothing. For the rest of synth and its tests.

Segment lengths as shares of stature: Drillis and Contini (1966); masses and centres: Dempster (1955);
both as tabled by Winter (2009), "Biomechanics and Motor Control of Human Movement", 4th ed., fig. 4.1 and table 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Colour = tuple[int, int, int]

SKINS: tuple[Colour, ...] = ((236, 196, 168), (214, 164, 130), (178, 126, 94), (128, 86, 62))
HAIRS: tuple[Colour, ...] = ((40, 30, 26), (92, 60, 36), (30, 26, 30), (140, 104, 60))
SHIRTS: tuple[Colour, ...] = ((46, 88, 164), (178, 44, 48), (44, 128, 84), (214, 166, 48), (206, 210, 214))
# Not black: the edge of the near thigh before the far one is how the pose network tells the legs apart.
SHORTS: tuple[Colour, ...] = ((74, 82, 112), (112, 116, 126), (150, 64, 60), (82, 124, 102))
SHOES: tuple[Colour, ...] = ((224, 224, 228), (214, 84, 48), (52, 120, 200), (60, 60, 64))


@dataclass(frozen=True)
class Body:
    """Lengths in metres, joint centre to joint centre. girth: thickness of the limbs against the average, about 1."""

    height: float = 1.75
    thigh: float = 0.245 * 1.75
    shank: float = 0.246 * 1.75
    ankle_height: float = 0.039 * 1.75
    foot: float = 0.152 * 1.75
    trunk: float = 0.288 * 1.75
    upper_arm: float = 0.186 * 1.75
    forearm: float = 0.146 * 1.75
    hand: float = 0.108 * 1.75
    half_shoulders: float = 0.129 * 1.75
    half_hips: float = 0.0955 * 1.75
    girth: float = 1.0
    skin: Colour = SKINS[0]
    hair: Colour = HAIRS[0]
    shirt: Colour = SHIRTS[0]
    shorts: Colour = SHORTS[0]
    shoes: Colour = SHOES[0]
    long_hair: bool = False

    @property
    def heel_back(self) -> float:
        """From the ankle joint back to the heel: about a quarter of the foot."""
        return 0.25 * self.foot


def seeded_body(rng: np.random.Generator) -> Body:
    """An athlete of 1.58 to 1.95 m whose limbs differ from the tables by up to 4 %, the whole being the height."""
    height = float(rng.uniform(1.58, 1.95))
    leg, arm, split = (float(value) for value in rng.uniform(0.96, 1.04, 3))
    thigh, shank = 0.245 * leg * split, 0.246 * leg * (2.0 - split)
    trunk = 0.288 + 0.491 - thigh - shank  # longer legs, shorter trunk
    return Body(
        height=height,
        thigh=thigh * height,
        shank=shank * height,
        ankle_height=0.039 * height,
        foot=0.152 * height,
        trunk=trunk * height,
        upper_arm=0.186 * arm * height,
        forearm=0.146 * arm * height,
        hand=0.108 * height,
        half_shoulders=0.129 * height * 0.85,  # the joint centres lie inside the outline
        half_hips=0.0955 * height * 0.9,
        girth=float(rng.uniform(0.9, 1.14)),
        skin=SKINS[rng.integers(len(SKINS))],
        hair=HAIRS[rng.integers(len(HAIRS))],
        shirt=SHIRTS[rng.integers(len(SHIRTS))],
        shorts=SHORTS[rng.integers(len(SHORTS))],
        shoes=SHOES[rng.integers(len(SHOES))],
        long_hair=bool(rng.integers(2)),
    )
