"""The camera: what a prompt asks of it, its path, and the figure kept in the frame."""
