"""Use cases that wire the rooms: analyze, export, import, demo. The fronts call these and nothing below them."""
