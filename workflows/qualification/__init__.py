"""The supplier qualification and the review of risk."""
