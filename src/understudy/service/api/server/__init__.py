"""Information about the server: health, capabilities, the API's description."""
