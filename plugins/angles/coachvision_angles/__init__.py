"""Joint and segment angles, range of motion and asymmetry from pose landmarks. Loaded by CoachVision's plugin host."""
