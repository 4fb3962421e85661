"""A crash between the journal's commit and the workflow server's leaves a case behind its own journal."""

from domain.audit.team import AuditTeam
from domain.core.entry import Answer, Entry
from records.contexts import load
from records.core.journal import Journal
from records.core.people.actors import actor_of
from tests.company import Company


async def test_the_relay_tells_a_case_of_the_answer_it_forgot(company: Company) -> None:
    audit = await company.accepted()
    await company.planned(audit)
    task = await company.asked(audit, "team")
    async with company.database.reading() as session:
        ines = await actor_of(session, company.ines.person, "ines", at=company.now)
    form = company.fills(AuditTeam, task.prefill).model_dump(mode="json")
    line = Answer(action="team", form=form, task_id=task.task_id)
    entry = Entry(stream=audit, command_id="forgotten", at=company.now, actor=ines, lines=(line,))
    await Journal(company.database, load()).write(entry)  # as if server and worker had died right after this
    assert await company.open_task(audit, "declare") is None

    await company.asked(audit, "declare")

    assert len(await company.events(audit, "audit.team")) == 1
    await company.tom.does(audit, "declare")
