"""What the server's log says of requests: addresses that are secrets are not written down."""

import logging
import re

_SECRET = re.compile(r"(/v1/calendar-feed/)[^/?]+")


class WithoutSecrets(logging.Filter):
    """Writes the template in the place of a secret address. For the logger `uvicorn.access`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every request is logged."""
        if isinstance(record.args, tuple):
            record.args = tuple(masked(each) if isinstance(each, str) else each for each in record.args)
        return True


def masked(path: str) -> str:
    """A path as it may be written down."""
    return _SECRET.sub(r"\1{token}.ics", path)
