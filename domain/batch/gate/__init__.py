"""What the gates of a batch look at."""
