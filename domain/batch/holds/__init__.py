"""What closes a batch for a time, and who opens it again."""
