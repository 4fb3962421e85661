"""What G13 looks at where a qualified person certifies on the confirmations of others (domain spec., section 17)."""

from datetime import date

from domain.batch.gate.gate import GateFacts


class Along(GateFacts):
    """The version of an agreement that says who confirms what is done of a batch."""

    scope_id: str
    """What is done where."""
    qta_id: str
    version: int | None = None
    """`None` of a confirmation that was given before this was kept."""
    article: str | None = None

    @property
    def words(self) -> str:
        """As people find it."""
        version = f", version {self.version}" if self.version is not None else ""
        article = f", article {self.article}" if self.article is not None else ""
        return f"quality agreement {self.qta_id}{version}{article}"

    def is_along(self, other: "Along") -> bool:
        """Whether it is that version, as far as it is known."""
        return self.qta_id == other.qta_id and self.version in (None, other.version)


class ConfirmationFacts(GateFacts):
    """A confirmation of partial manufacture of a batch that was not taken back."""

    number: str
    site_id: str
    """Whose qualified person has given it."""
    site: str = ""
    """Its name."""
    along: tuple[Along, ...]
    """Of what it is, and on which agreement it rests for that."""
    by_name: str
    on: date
    """The day at the site that makes the batch."""
    under: tuple[str, ...] = ()
    """The appointments that it was signed under, in words; none of one that was given before they were kept."""
    under_none: str | None = None
    """The number of one that did not count by then, as is known now."""

    def rests_on(self, scope_id: str) -> Along | None:
        """The agreement that it rests on for a part; `None` if it is of other work."""
        return next((each for each in self.along if each.scope_id == scope_id), None)


class PartFacts(GateFacts):
    """What one site in the area of a market has done of a batch, and who answers for it."""

    scope_id: str
    place: str
    """What is done where, in words."""
    by_site_id: str | None
    """The site whose qualified person confirms it; `None` where whoever certifies covers it."""
    by_site: str = ""
    """Its name."""
    along: Along | None
    """The agreement that was in force at the end of manufacture; `None` if none was."""
    statement: str = ""
    """What was agreed there."""
    by_decision: bool = False
    """Whether that is the decision on the batch itself, of bulk that a site confirms."""
    confirmations: tuple[ConfirmationFacts, ...] = ()
    """All of the batch, of whatever part."""
