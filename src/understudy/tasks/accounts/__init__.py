"""Accounts: their keys, and the server's own key."""
