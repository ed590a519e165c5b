"""Skeletal animation: a hierarchy of joints that rotate, as BVH and GLB hold it."""
