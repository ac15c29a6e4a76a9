"""What the synthetic athlete does: each movement gives a pose at any time, and what is true of it. For the scenes."""

from coachvision.synth.movements.base import Flight, Movement, Span, Step
from coachvision.synth.movements.jump import Jumps
from coachvision.synth.movements.sequence import InTurn
from coachvision.synth.movements.squat import Squats
from coachvision.synth.movements.throw import Throwing
from coachvision.synth.movements.walk import Walk

__all__ = ["Flight", "InTurn", "Jumps", "Movement", "Span", "Squats", "Step", "Throwing", "Walk"]
