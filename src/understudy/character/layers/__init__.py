"""Layers: the parts of the figure as cut-outs, complete where others hid them."""
