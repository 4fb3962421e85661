"""Technical exchanges and parameter sets in the records."""
