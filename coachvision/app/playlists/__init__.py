"""Playlists: `book` holds them, `view` is their screen, `player` plays them, `adding` puts moments into one."""
