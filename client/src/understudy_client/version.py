"""The version of the client, which it names to servers."""

__version__ = "0.1.0"
