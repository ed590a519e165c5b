"""Webhooks: what clients are told, signed and delivered at least once."""
