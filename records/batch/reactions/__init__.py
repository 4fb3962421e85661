"""What follows for batches from facts."""
