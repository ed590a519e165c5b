"""Judging a character by looking at it: at rest and in six test poses."""
