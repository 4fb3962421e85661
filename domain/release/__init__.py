"""The release of batches: gates, decisions by market, and what is learned later (section 8)."""
