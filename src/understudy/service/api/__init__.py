"""The two designs of the wire contract and the element library, each a translation of its own
between what clients send and read and one record.
"""
