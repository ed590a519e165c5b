"""The service: the wire contract and our additions to it, over HTTP."""
