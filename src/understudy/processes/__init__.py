"""Child processes and the plain messages that they exchange with their parent."""
