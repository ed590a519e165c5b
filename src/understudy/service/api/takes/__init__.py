"""Additions to the contract: inspect, cancel, progress, and one take in detail."""
