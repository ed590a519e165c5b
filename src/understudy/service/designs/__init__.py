"""The two designs of the wire contract, each one module of translation over one task record."""
