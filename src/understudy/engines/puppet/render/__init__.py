"""Rendering: textured triangles, shadows and the frame they are drawn on."""
