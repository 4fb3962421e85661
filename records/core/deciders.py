"""Who takes a step this time: whom its form names, or the decider of the markets of its case (section 18)."""

from collections.abc import Awaitable, Callable

from domain.core.forms import Action, Form, Process
from domain.core.people import Role
from records.core.registries import DECLARED
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

Deciding = Callable[[Writing, CaseRow], Awaitable[frozenset[Role]]]


def decides(*processes: Process) -> Callable[[Deciding], Deciding]:
    """Declare who decides in cases of some processes, by the markets that they are about."""

    def declare(deciding: Deciding) -> Deciding:
        for process in processes:
            DECLARED.deciders.declare(process, deciding)
        return deciding

    return declare


async def asked(writing: Writing, case: CaseRow, action: Action, by: frozenset[Role]) -> frozenset[Role]:
    """Who is asked for a step. `by` are those whom the procedure names where the markets do not matter."""
    if not action.by_market:
        return by
    deciding: Deciding = writing.registries.deciders[Process(case.process)]
    return await deciding(writing, case)


async def permitted(writing: Writing, case: CaseRow, form: Form) -> frozenset[Role]:
    """Who may submit a form: who is asked for it, and for a no whoever else may say it."""
    if not form.action.by_market:
        return form.by()
    return await asked(writing, case, form.action, form.action.by) | (form.by() - form.action.by)
