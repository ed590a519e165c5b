"""The account: costs, profile and keys, callbacks, the studio's session."""
