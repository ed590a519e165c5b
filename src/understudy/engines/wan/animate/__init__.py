"""Wan2.2-Animate-14B: it follows a skeleton video and a face, and can replace the driver."""
