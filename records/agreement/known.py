"""Which agreements there are with a site, for appointments on its licence."""

from sqlmodel import col, select

from records.agreement.tables import AgreementRow
from records.appointment.questions import AgreementsWith
from records.core.questions import answers
from records.core.writing import Writing


@answers(AgreementsWith)
async def with_a_site(writing: Writing, question: AgreementsWith) -> frozenset[str]:
    """Those of which a version has taken effect, whatever became of it."""
    query = select(AgreementRow.qta_id).where(
        col(AgreementRow.site_id) == question.site_id, col(AgreementRow.effective_from).is_not(None)
    )
    return frozenset((await writing.session.exec(query)).all())
