"""What is shown across contexts."""
