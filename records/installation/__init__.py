"""What a new installation starts with, and what an older one is given at an upgrade."""
