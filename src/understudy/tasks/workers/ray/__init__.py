"""Takes on a Ray cluster: resident slots on its nodes, and the executor that hands jobs to them.

`cluster` alone imports Ray, which comes with the extra `understudy[ray]`.
"""
