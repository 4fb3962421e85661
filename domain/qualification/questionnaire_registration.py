"""A new version of a questionnaire. Cases that were sent an earlier one keep it."""

from pydantic import Field

from domain.core.forms import Action, Form
from domain.core.people import Role
from domain.core.refusals import Code, Refused
from domain.core.text import Text
from domain.qualification.questionnaire import Template


class TemplateRegistration(Form):
    """Register a new version of a questionnaire. It is sent from now on; what was sent before stays as it is."""

    action = Action(
        None, "register-questionnaire", "Register a version of a questionnaire", frozenset({Role.QA_APPROVER})
    )

    template: Template
    """The whole questionnaire as it shall be. Its `version` is the newest one's plus one; the first version is 1."""
    reason: Text = Field(examples=["Questions on nitrosamines were added."])
    """Why."""


def refuse_unless_next(template: Template, newest: int) -> None:
    """Raise `Refused` (CONFLICT) unless the version follows the newest one; 0 if there is none."""
    if template.version != newest + 1:
        raise Refused(
            Code.CONFLICT,
            f"The newest version of {template.template_id} is {newest}; yours must be {newest + 1}.",
            fields={"template.version": f"must be {newest + 1}"},
        )
