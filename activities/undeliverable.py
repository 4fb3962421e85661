"""What no further try can deliver."""


class Undeliverable(Exception):
    """Raised by a sender; the row becomes a dead letter at once."""
