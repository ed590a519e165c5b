"""Inpainting: the background without the figure, and holes filled."""
