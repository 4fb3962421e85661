"""Markets that nobody is left to decide for, now or once appointments have ended."""

from datetime import date

from pydantic import BaseModel, ConfigDict


class Vacancy(BaseModel):
    """A market of open batches of a product that nobody can decide for."""

    model_config = ConfigDict(frozen=True)

    words: str
    """Which, whom it waits for, and which batches it is asked for."""
    after: date | None = None
    """The last day on which somebody can; `None` if nobody can today."""

    def __str__(self) -> str:
        return self.words if self.after is None else f"After {self.after}, unless one is recorded: {self.words}"
