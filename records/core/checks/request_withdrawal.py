"""Check of the withdrawal of a request."""

from domain.core.people import Role
from domain.core.request_withdrawal import RequestWithdrawal, refuse_unless_withdrawable, standing
from records.core.declared import Effect, checks
from records.core.outgoing import outbox
from records.core.people.recipients import candidates
from records.core.requests import requests_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


@checks(RequestWithdrawal)
async def can_be_withdrawn(writing: Writing, case: CaseRow, form: RequestWithdrawal) -> Effect:
    """The head of quality reads why. The case ends with its last request."""
    requests = await requests_of(writing.session, case)
    refuse_unless_withdrawable(form, requests, writing.actor)
    left = [each.number for each in standing(requests) if each.number != form.number]
    people = await candidates(writing.session, [Role.HEAD_QA], case.site_id, at=writing.at)
    others = f"{len(left)} ask for it still" if left else "nobody asks for it any more"
    subject = f"{case.case_id}: a request is withdrawn"
    text = f"{case.title}\n{writing.actor.name} withdraws request {form.number}; {others}.\n\n{form.reason}"
    await outbox.mail(writing.session, writing.recorded_at, people, subject=subject, text=text)
    return {"left": [*left]}
