"""The actions that exist in all processes (domain specification, section 3)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from domain.core.anew import Anew
from domain.core.forms import Action, Audience, Form, Forms, Meaning
from domain.core.names import unseen
from domain.core.people import Org, Role
from domain.core.text import SAYS_SOMETHING

_QUALITY = frozenset({Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.HEAD_QA})


_HOLDERS = frozenset({Role.SUPPLIER_QUALITY, Role.HEAD_QA})


class Hold(Form):
    """Put the case on hold; its clocks stop (section 9).

    What protects patients runs on and is answered meanwhile: critical clocks, and those of an authority (section 20).
    """

    action = Action(None, "hold", "Put on hold", _HOLDERS, meaning=Meaning.AUTHORED)

    reason: Annotated[str, SAYS_SOMETHING] = Field(
        min_length=3, max_length=1000, examples=["Site closed by flood until further notice"]
    )
    """Why the clocks stop."""


class Resume(Form):
    """Take the case off hold; its clocks continue with the days that were left."""

    action = Action(None, "resume", "Resume", _HOLDERS, meaning=Meaning.APPROVED, while_on_hold=True)

    reason: Annotated[str, SAYS_SOMETHING] = Field(min_length=3, max_length=1000, examples=["Site open again"])
    """Why the clocks run again."""


class Extension(Form):
    """Give an open task more time: at most twice, before it is due, signed (section 3)."""

    action = Action(
        None, "extend", "Extend a due date", frozenset({Role.QA_APPROVER, Role.HEAD_QA}), meaning=Meaning.APPROVED,
        audience=Audience.SHARED,
    )  # fmt: skip

    task_id: Annotated[str, Anew(unseen)] = Field(max_length=60)
    """The open task."""
    new_due: date
    """The new last day, in the site's time zone."""
    requested_by: Annotated[str, Anew(unseen)] = Field(max_length=60)
    """Person id of who asked; another person than the one who signs."""
    reason: Annotated[str, SAYS_SOMETHING] = Field(min_length=3, max_length=1000)
    """Why more time is justified."""


class Reassignment(Form):
    """Hand an open task to another person, for example because somebody left (section 10)."""

    action = Action(None, "reassign", "Reassign a task", _QUALITY | {Role.CDMO_QA, Role.CDMO_PM}, while_on_hold=True)

    task_id: Annotated[str, Anew(unseen)] = Field(max_length=60)
    """The open task."""
    to: Annotated[str, Anew(unseen)] = Field(max_length=60)
    """Person id of who takes over. The person must hold a role that may answer the task."""
    reason: Annotated[str, SAYS_SOMETHING] = Field(min_length=3, max_length=1000)
    """Why it changes hands."""


class Acknowledgement(Form):
    """Acknowledge an escalation, so that it does not go up a level (section 9)."""

    action = Action(
        None, "acknowledge", "Acknowledge an escalation",
        frozenset(Role) - {Role.SYSTEM, Role.OPS, Role.INSPECTOR, Role.SYSTEM_ADMIN},
        audience=Audience.SHARED, while_on_hold=True,
    )  # fmt: skip

    task_id: Annotated[str, Anew(unseen)] = Field(max_length=60)
    """The task that is overdue."""
    note: Annotated[str, SAYS_SOMETHING] = Field(default="", max_length=1000)
    """What will be done about it."""


def audience_of(form: Form, *, known_to_site: bool, about: Org | None) -> Audience:
    """Who sees a form (S6). `about` is the organisation of the task it speaks of, if it speaks of one.

    Before the site knows of the case nothing is shared with it but what announces the case; and a form about a task
    of the sponsor is the sponsor's.
    """
    if not (known_to_site or form.action.announces) or about is Org.SPONSOR:
        return Audience.SPONSOR
    return form.action.audience


COMMON_FORMS = Forms(Hold, Resume, Extension, Reassignment, Acknowledgement)
