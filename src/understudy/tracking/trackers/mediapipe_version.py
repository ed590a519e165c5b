"""The version of the MediaPipe tracker, in its own module so that nothing else is loaded."""

VERSION = "mediapipe-0.10.21/1"
