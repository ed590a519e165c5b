"""The service: the wire contract and what lies beside it, over HTTP."""
