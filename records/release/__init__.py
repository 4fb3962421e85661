"""Gates, decisions and what is learned after a release in the records."""
