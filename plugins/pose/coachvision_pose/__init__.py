"""Pose of several athletes: BlazePose networks on LiteRT, offline. CoachVision loads `analyzer:PoseAnalyzer`."""
