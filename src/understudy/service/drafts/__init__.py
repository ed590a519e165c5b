"""Drafts: what a client asked for, before it is a task; they are stored as tasks or inspected."""
