"""The version of the MediaPipe tracker, apart from it so that nothing else needs to be loaded."""

VERSION = "mediapipe-0.10.21/1"
