"""Elements: one character in several pictures or a clip, and which picture is used where."""
