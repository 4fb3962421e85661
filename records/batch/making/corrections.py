"""Where a value of the end of manufacture stands on a batch, and how it is read from what was corrected."""

from datetime import date, datetime


def column_of(field: str) -> str:
    """The column of a value that may be corrected."""
    return "made_on" if field == "finished_on" else field


def value_of(field: str, text: str) -> date | datetime | str:
    """A value as its column holds it; quantities are text there."""
    if field.endswith("_on"):
        return date.fromisoformat(text)
    return datetime.fromisoformat(text) if field.endswith("_at") else text
