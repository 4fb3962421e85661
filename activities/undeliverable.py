"""What no further try can deliver."""


class Undeliverable(Exception):
    """Raised by a courier; the row becomes a dead letter at once."""
