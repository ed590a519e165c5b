"""The matte: which pixels are the figure's, how much, and in what colour."""
