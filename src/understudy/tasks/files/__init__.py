"""Files of tasks: fetching what clients point at, storage, links and retention."""
