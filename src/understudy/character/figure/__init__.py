"""The figure: found in the picture, measured, judged."""
