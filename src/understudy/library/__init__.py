"""The library: characters that come with the service, and the jobs that make elements."""
