"""Geometry that tracking and characters share: landmarks, skeleton, filters over time."""
