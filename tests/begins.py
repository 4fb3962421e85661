"""When the companies of the tests begin: now, or at an instant that is set, so that no story depends on its day."""

import os
from datetime import datetime

BEGINS = "COMPANY_BEGINS"
"""The variable that holds the instant, with its offset. It must be ahead: the workflow server only skips ahead."""


def begins() -> datetime | None:
    """The instant at which companies begin; `None` for now."""
    text = os.environ.get(BEGINS)
    return datetime.fromisoformat(text) if text else None
