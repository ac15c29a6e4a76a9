"""Cameras and network streams: read, delayed, recorded in a child process. For services and the app.

`Camera` is the parent's side; `sources` says what there is to open.
"""
