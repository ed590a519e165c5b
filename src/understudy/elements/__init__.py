"""Elements: one character kept as several pictures or a clip, and which of them plays where."""
