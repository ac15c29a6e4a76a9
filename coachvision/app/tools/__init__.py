"""The tools on the video: drawing, measuring, tracking, correcting. For the session's screen.

`studio.Studio` is the door; `board` holds what is drawn, `keeping` keeps it, `layer` lies over the video.
"""
