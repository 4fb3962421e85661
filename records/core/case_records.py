"""The forms that were submitted in a case."""

from collections.abc import Sequence
from typing import TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.document import RecordVersion
from domain.core.forms import Form
from domain.core.refusals import Code, Refused
from records.core.tables.cases import CaseRow, RecordRow

F = TypeVar("F", bound=Form)


class CaseRecords:
    """Every form that was submitted in a case, in all its versions."""

    def __init__(self, session: AsyncSession, case: CaseRow) -> None:
        self.session, self.case = session, case

    async def rows(self, form: type[Form]) -> Sequence[RecordRow]:
        """All versions of a record, the newest first."""
        query = (
            select(RecordRow)
            .where(col(RecordRow.case_id) == self.case.case_id, col(RecordRow.action) == form.action.name)
            .order_by(col(RecordRow.version).desc())
        )
        return (await self.session.exec(query)).all()

    async def all(self, form: type[F]) -> list[F]:
        """All versions of a form, the newest first."""
        return [form.stored(row.form) for row in await self.rows(form)]

    async def latest(self, form: type[F]) -> F | None:
        return next(iter(await self.all(form)), None)

    async def the(self, form: type[F]) -> F:
        """The newest version of a form. Raises `Refused` if there is none."""
        found = await self.latest(form)
        if found is None:
            raise Refused(Code.NOT_OPEN, f"{form.action.title} has not happened yet.")
        return found

    async def current(self, form: type[Form]) -> RecordVersion:
        """The version of a record that can be decided on."""
        return self.version_of(await self.rows(form), form)

    def version_of(self, rows: Sequence[RecordRow], form: type[Form]) -> RecordVersion:
        """The newest of these versions of a record. Raises `Refused` if there is none."""
        if not rows:
            raise Refused(Code.NOT_OPEN, f"{form.action.title} has not happened yet.")
        return RecordVersion(version=rows[0].version, sha256=rows[0].sha256)
