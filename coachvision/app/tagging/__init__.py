"""Tagging while one watches: `book` holds what is tagged, `bar` has the buttons, `editor` changes them, `events` lists.

For the session's screen.
"""
