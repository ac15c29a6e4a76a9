"""A session out of the library: CSV, JSON, HTML report, overlay MP4, key-frame PNG. The fronts call `export_x` here.

Import the module of the format wanted (`export.csv`, `export.html`, ...): each pulls in only what it needs.
"""
