"""Who takes a step this time: whom its form names, or the decider of the markets that it concerns (section 18)."""

from collections.abc import Awaitable, Callable, Mapping

from pydantic import JsonValue

from domain.core.forms import Decision, Form, Process
from domain.core.people import Role
from records.core.registries import DECLARED
from records.core.tables.cases import CaseRow
from records.core.writing import Writing

Given = Mapping[str, JsonValue]
"""What is known of a form: all of it when it is submitted, its prefill when it is asked for."""
Deciding = Callable[[Writing, CaseRow], Awaitable[frozenset[Role]]]
DecidingOn = Callable[[Writing, CaseRow, Given], Awaitable[frozenset[Role]]]


def decides(*processes: Process) -> Callable[[Deciding], Deciding]:
    """Declare who decides in cases of some processes, by the markets that they are about."""

    def declare(deciding: Deciding) -> Deciding:
        for process in processes:
            DECLARED.deciders.declare(process, deciding)
        return deciding

    return declare


def decides_on(*forms: type[Form]) -> Callable[[DecidingOn], DecidingOn]:
    """Declare who takes a step that is about less than its case: one market of several, one hold."""

    def declare(deciding: DecidingOn) -> DecidingOn:
        for form in forms:
            DECLARED.deciders_on.declare(form, deciding)
        return deciding

    return declare


async def asked(
    writing: Writing, case: CaseRow, form: type[Form], given: Given, by: frozenset[Role]
) -> frozenset[Role]:
    """Who is asked for a step. `by` are those whom the procedure names where the records say nothing else."""
    deciding_on: DecidingOn | None = writing.registries.deciders_on.find(form)
    if deciding_on is not None:
        return await deciding_on(writing, case, given)
    if not form.action.by_market:
        return by
    deciding: Deciding = writing.registries.deciders[Process(case.process)]
    return await deciding(writing, case)


async def permitted(writing: Writing, case: CaseRow, form: Form) -> frozenset[Role]:
    """Who may submit a form: who is asked for it, and for a no whoever else may say it."""
    if not form.action.by_market and type(form) not in writing.registries.deciders_on.known:
        return form.by()
    by = await asked(writing, case, type(form), form.model_dump(mode="json"), form.action.by)
    says_no = isinstance(form, Decision) and not form.approves()
    return by | form.action.protected_by if says_no else by
