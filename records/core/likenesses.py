"""Finding what has a number like another one. What is found so is proposed: a person says whether it is the same."""

from collections.abc import Collection, Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from records.core.tables.likenesses import Likened, LikenessRow


async def keep_likenesses(session: AsyncSession, kind: Likened, owner: str, likenesses: Iterable[str]) -> None:
    """Add what is not there yet. For projectors only."""
    known = select(LikenessRow.likeness).where(col(LikenessRow.kind) == kind.value, col(LikenessRow.owner) == owner)
    for each in sorted(set(likenesses).difference((await session.exec(known)).all())):
        session.add(LikenessRow(kind=kind.value, owner=owner, likeness=each))
    await session.flush()


def owners_alike(kind: Likened, likenesses: Collection[str]) -> SelectOfScalar[str]:
    """The ids of what has one of these likenesses, as a part of a query."""
    return select(LikenessRow.owner).where(
        col(LikenessRow.kind) == kind.value, col(LikenessRow.likeness).in_(sorted(likenesses))
    )
