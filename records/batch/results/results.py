"""A result outside specification that something is said of."""

from domain.batch.batch import OosState
from domain.core.refusals import Code, Refused, broken
from records.batch.numbered import result_of
from records.batch.tables.process import OosRow
from records.core.tables.cases import CaseRow
from records.core.writing import Writing


async def result_under(writing: Writing, case: CaseRow, oos_id: str, *wanted: OosState) -> OosRow:
    """A result of the batch in one of these states. Raises `Refused` if there is none, or it stands otherwise."""
    row = await result_of(writing.session, case.case_id, oos_id)
    if row is None:
        raise broken("section 8, OOS", "There is no such result.", oos_id="unknown")
    if OosState(row.state) not in wanted:
        raise Refused(Code.NOT_OPEN, f"{oos_id} is {row.state}.", rule="section 8, OOS")
    return row
