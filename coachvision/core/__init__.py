"""Pure data and mathematics: time, frames, tracks, series, events, metrics, kinematics, filters. No I/O at all.

Anyone may import it; it imports the base alone.
"""
