"""The gateway: FastAPI in the cloud, holds the bucket's keys, checks tokens, signs one URL for one part of one object.

A front of its own: base, wire, web and nothing else of CoachVision. `app.create(settings)` makes it.
"""
