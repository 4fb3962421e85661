"""Facts about batches, by what they say."""
