"""Decisions on a record: each names the version that was read (S1)."""

from domain.entry import OpenTask
from domain.forms import Form
from records.checks.declared import Effect, suggests
from records.checks.facts import facts_of
from records.tables import CaseRow
from records.writing import Writing


def suggests_current(record: type[Form], field: str, *decisions: type[Form]) -> None:
    """Declare that the tasks of these decisions suggest the current version of a record, named in `field`."""

    async def suggestion(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
        return {field: (await (await facts_of(writing, case)).current(record)).model_dump(mode="json")}

    for decision in decisions:
        suggests(decision)(suggestion)
