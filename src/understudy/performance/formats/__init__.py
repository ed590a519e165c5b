"""Formats that a performance is written in."""
