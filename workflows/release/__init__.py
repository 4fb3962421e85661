"""The disposition of a batch, to its release and after it."""
