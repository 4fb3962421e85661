"""What follows the protection of patients by one person: another one takes note of it (section 20)."""

from pydantic import Field

from domain.core.document import RecordVersion
from domain.core.forms import Action, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import Code, Refused
from domain.core.text import Text


class ProtectionAcknowledgement(Form):
    """Take note, as executive, of what was decided by who had asked for it. The decision is in force without that."""

    action = Action(
        Process.AUDIT,
        "acknowledge-protection",
        "Take note of a decision on an own proposal",
        frozenset({Role.EXECUTIVE_SPONSOR}),
        clock="protect.acknowledge",
        meaning=Meaning.ACKNOWLEDGED,
        also=frozenset({Process.STATUS}),
        while_on_hold=True,
    )

    decision: RecordVersion
    """The decision that was read."""
    note: Text = Field(examples=["Discussed with the head of quality; the report speaks for itself."])
    """What you think of it."""


def refuse_unless_of_the_case(*, is_known: bool) -> None:
    """Raise `Refused` unless the decision that was read is one of the case."""
    if not is_known:
        fields = {"decision": "is no decision of this case"}
        raise Refused(Code.VERSION_STALE, "This case holds no such decision.", fields=fields, rule="section 20")
