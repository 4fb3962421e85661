"""Decisions on a record: each names the version that was read (S1)."""

from domain.core.entry import OpenTask
from domain.core.forms import Form
from records.core.declared import Effect, suggests
from records.core.lookups import lookups_of
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


def suggests_current(record: type[Form], field: str, *decisions: type[Form]) -> None:
    """Declare that the tasks of these decisions suggest the current version of a record, named in `field`."""

    async def suggestion(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
        return {field: (await (await lookups_of(writing, case)).current(record)).model_dump(mode="json")}

    for decision in decisions:
        suggests(decision)(suggestion)
