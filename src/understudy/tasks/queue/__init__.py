"""The queue: one controller claims tasks, runs attempts at them and publishes what they make."""
