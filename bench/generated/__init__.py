"""Memory and time of generated video: `python -m bench.generated`."""
