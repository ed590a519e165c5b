"""Workers: the child processes that run jobs, and the seam between controller and compute."""
