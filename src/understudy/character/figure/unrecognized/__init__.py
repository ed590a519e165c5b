"""Figures that no detector finds, by their silhouette and the votes of a landmark network."""
