"""Video in and out: the only room that knows PyAV. Nothing is imported here, so that a probe's child starts fast.

`analysis`, `services` and rooms beside it may use what the modules of this room offer.
"""
