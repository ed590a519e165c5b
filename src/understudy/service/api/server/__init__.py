"""The server about itself: health, capabilities, the API's description."""
