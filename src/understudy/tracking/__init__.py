"""Tracking: from a clip to the driver's performance."""
