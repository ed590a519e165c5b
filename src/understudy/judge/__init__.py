"""Judging a finished video of any engine by its picture and its clip."""
