"""What is signed with the impact of a suspension: that releases stand (section 18)."""

from domain.appointment.reliance import Signing
from domain.status.suspension import SuspensionImpact
from records.appointment.questions import WhatIsSigned
from records.core.questions import answers
from records.core.writing import Writing
from records.release.signings import of_releases


@answers(WhatIsSigned, order=20)
async def of_the_confirmed(writing: Writing, question: WhatIsSigned) -> tuple[Signing, ...] | None:
    """Each release that the conclusion confirms, in the markets that are the person's own."""
    if not isinstance(question.form, SuspensionImpact):
        return None
    return await of_releases(writing, question.form.confirmed)
