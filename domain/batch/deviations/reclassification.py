"""The sponsor finds a deviation graver than the site has said (domain specification, section 19, gate G7)."""

from pydantic import Field

from domain.batch.batch import DeviationClass
from domain.batch.deviations.deviation import GRAVE
from domain.core.forms import Action, Audience, Form, Meaning, Process
from domain.core.people import Role
from domain.core.refusals import broken
from domain.core.text import OnRecord, Text


class DeviationReclassification(Form):
    """Raise the class of a deviation. What follows from a grave one follows at once; a class is never lowered."""

    action = Action(
        Process.BATCH,
        "reclassify-deviation",
        "Raise the class of a deviation",
        frozenset({Role.QA_APPROVER, Role.HEAD_QA, Role.QP}),
        meaning=Meaning.REVIEWED,
        audience=Audience.SHARED,
        while_on_hold=True,
    )

    deviation_id: OnRecord = Field(examples=["DEV-2025-0113"])
    """The deviation."""
    deviation_class: DeviationClass = Field(examples=[DeviationClass.MAJOR])
    """The class that it has from now on."""
    reason: Text = Field(examples=["The same valve has failed three times; the effect on purity was not looked at."])
    """Why it is graver than was said."""


_ORDER = tuple(reversed(DeviationClass))


def refuse_unless_graver(form: DeviationReclassification, present: DeviationClass) -> None:
    """Raise `Refused` unless the class is raised."""
    if _ORDER.index(form.deviation_class) <= _ORDER.index(present):
        fault = f"is not graver than {present}; a class is never lowered"
        raise broken("G7", "The class of a deviation is only raised.", deviation_class=fault)


def is_judged_anew(of: DeviationClass, *, is_open: bool) -> bool:
    """Whether the decider is asked now: it is grave, and its investigation is closed already."""
    return of in GRAVE and not is_open
