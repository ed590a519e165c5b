"""The take: one run of the whole way from a picture and a clip to a video."""
