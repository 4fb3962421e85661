"""HTTP: typed dependencies in, a domain model, one call, return."""
