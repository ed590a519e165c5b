"""Takes, beside the contract: inspect, cancel, progress, and one take in detail."""
