"""HTTP as the service speaks it: middleware, envelope, errors, fields, authentication."""
