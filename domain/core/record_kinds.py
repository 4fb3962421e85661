"""Records beside cases: one declaration gives a kind its numbers, its events, its signatures and its routes.

What people sign of such a record waits for nobody: it is entered, checked, ended. What waits is a case.
"""

import re
from dataclasses import dataclass

from domain.core.document import RecordVersion
from domain.core.forms import Decision, Form, Forms
from domain.core.refusals import Code, Refused


def says_no(form: Form) -> bool:
    """Whether it turns down what somebody asks for, so that it protects: it waits for no reading of what has moved."""
    return isinstance(form, Decision) and not form.approves()


def is_of_what_was_read(form: type[Form]) -> bool:
    """Whether a request with the form has to name the version of the record that it was made against.

    So with whatever is posted behind a record, unless the form says itself which version it answers, or only stops.
    """
    names = form.record_version is not Form.record_version or any(
        field.annotation is RecordVersion for field in form.model_fields.values()
    )
    return bool(form.action.sent_to) and not form.action.stops and not names


@dataclass(frozen=True, kw_only=True)
class RecordKind:
    """A kind of record that people sign and that belongs to no case."""

    noun: str
    """The singular, as used in event types (`appointment.propose`)."""
    called: str
    """What people call one."""
    prefix: str
    """What the numbers begin with. A number is also the name of the stream of its events."""
    pattern: str = r"[A-Z0-9][A-Z0-9-]{0,40}"
    """What comes behind it, as a regular expression."""
    example: str
    """A number."""
    forms: Forms

    def names(self, record: str) -> bool:
        """Whether a record is one of this kind."""
        return re.fullmatch(re.escape(self.prefix) + self.pattern, record, re.ASCII) is not None

    def of(self, what: object) -> str:
        """The record about something that has a name of its own: a scope, a year, a batch."""
        return f"{self.prefix}{what}"

    def event_type(self, form: type[Form]) -> str:
        return f"{self.noun}.{form.action.name}"

    def find(self, action: str) -> type[Form]:
        """The form of an action. Raises `Refused(WRONG_FORM)` if the kind has no such action."""
        try:
            return self.forms.find(action)
        except KeyError:
            raise Refused(Code.WRONG_FORM, f"{self.called} has no action {action}.") from None
