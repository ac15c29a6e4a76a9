"""CoachVision: video analysis a sports coach owns. Anyone may import the version; nothing heavy happens here."""

__version__ = "0.1.0"
