"""Measurements of speed, memory and quality: `make bench`."""
