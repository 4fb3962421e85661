"""The oversight of sites in the records."""
