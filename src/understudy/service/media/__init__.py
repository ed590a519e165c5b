"""The pictures and clips that clients name: checked within a create's time, and found as files."""
