"""Uploads, and the files that signed links lead to."""
