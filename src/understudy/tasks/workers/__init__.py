"""Workers: the child processes that run jobs, and the interface between controller and workers."""
