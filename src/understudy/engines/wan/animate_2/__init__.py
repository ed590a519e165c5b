"""Wan2.2-Animate-2-14B: it follows the raw clip."""
