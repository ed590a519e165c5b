"""Webhooks: callbacks to clients, signed and delivered at least once."""
