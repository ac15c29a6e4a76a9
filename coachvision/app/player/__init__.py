"""The video in the middle of a session: picture, skeleton, clock and keys. For the window's screens.

`widget.PlayerWidget` is the door; what needs no window (transport, overlay geometry) knows none.
"""
