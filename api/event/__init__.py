"""Events at sites from other programs."""
