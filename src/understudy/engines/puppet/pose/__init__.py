"""Posing: what a motion does to face, head, cloth and the order of layers."""
