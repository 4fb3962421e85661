"""Which authorisations hold for a product in a market: for gates, and for whoever asks what one of them demands."""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime

from sqlmodel import and_, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import Registered, Stop, in_force_on
from domain.batch.results.specification import SpecificationStatus
from domain.batch.supply_stage import SupplyStage
from domain.core.names import name_key
from domain.policy.policy import Policy
from records.authorisation.tables import AuthorisationRow, AuthorisationStopRow
from records.batch.tables.batches import BatchRow


async def authorisations_of(
    session: AsyncSession, product: str, markets: Collection[str], *, as_of: datetime | None = None
) -> list[Registered]:
    """The newest approved version of every authorisation of a product in these markets, by id. One statement.

    `as_of` leaves out what was approved or stated after an instant; what has ended since then stands.
    """
    return await authorisations_of_all(session, [product], markets, as_of=as_of)


async def authorisations_of_all(
    session: AsyncSession, products: Collection[str], markets: Collection[str], *, as_of: datetime | None = None
) -> list[Registered]:
    """The same of several products. One statement."""
    query = (
        select(AuthorisationRow, AuthorisationStopRow)
        .outerjoin(
            AuthorisationStopRow,
            and_(col(AuthorisationStopRow.authorisation_id) == col(AuthorisationRow.authorisation_id)),
        )
        .where(
            col(AuthorisationRow.market).in_(sorted(markets)),
            col(AuthorisationRow.product_key).in_(sorted(map(name_key, products))),
            col(AuthorisationRow.status) == SpecificationStatus.APPROVED.value,
        )
        .order_by(
            col(AuthorisationRow.authorisation_id),
            col(AuthorisationRow.version).desc(),
            col(AuthorisationStopRow.number),
        )
    )
    newest: dict[str, AuthorisationRow] = {}
    stops: dict[str, list[AuthorisationStopRow]] = {}
    later: dict[str, set[int]] = {}
    for row, stop in (await session.exec(query)).all():
        if not _was_by(row.decided_at, as_of):
            later.setdefault(row.authorisation_id, set()).add(row.version)
            continue
        if newest.setdefault(row.authorisation_id, row) is row and stop is not None:
            stops.setdefault(row.authorisation_id, []).append(stop)
    return [
        registered(
            row, [stop for stop in stops.get(each, ()) if _was_by(stop.stated_at, as_of)], later.get(each, set())
        )
        for each, row in newest.items()
    ]


def _was_by(instant: datetime | None, as_of: datetime | None) -> bool:
    return as_of is None or instant is None or instant <= as_of


async def newest_version(session: AsyncSession, authorisation_id: str) -> Registered | None:
    """The newest approved version of one authorisation, with what its authority has stopped."""
    query = select(AuthorisationRow).where(
        col(AuthorisationRow.authorisation_id) == authorisation_id,
        col(AuthorisationRow.status) == SpecificationStatus.APPROVED.value,
    )
    row = (await session.exec(query.order_by(col(AuthorisationRow.version).desc()).limit(1))).first()
    if row is None:
        return None
    stops = select(AuthorisationStopRow).where(col(AuthorisationStopRow.authorisation_id) == authorisation_id)
    return registered(row, (await session.exec(stops.order_by(col(AuthorisationStopRow.number)))).all())


async def in_force(session: AsyncSession, policy: Policy, product: str, market: str, day: date) -> list[Registered]:
    """The versions that are in force for a product in a market on a day: release sites, official batch release, all."""
    return in_force_on(await authorisations_of(session, product, policy.codes_counting_in(market)), day)


async def in_force_for(
    session: AsyncSession, policy: Policy, batch: BatchRow, market: str, day: date
) -> list[Registered]:
    """Those in force for a batch in a market: for its strength, and of trials where it is clinical supply.

    Whoever asks whether official batch release is demanded, or where the batch may be released, reads it there.
    """
    is_clinical = batch.supply_stage == SupplyStage.CLINICAL_SUPPLY.value
    known = await in_force(session, policy, batch.product, market, day)
    return [each for each in known if each.type.is_clinical is is_clinical and each.is_for(batch.strength, None)]


def registered(
    row: AuthorisationRow, stops: Sequence[AuthorisationStopRow], later: AbstractSet[int] = frozenset()
) -> Registered:
    """What a version registers, as an earlier version of the program may have stored it.

    `later` are versions that do not count yet: what they have ended stands.
    """
    said = [Stop.model_validate(each.model_dump(include=set(Stop.model_fields))) for each in stops]
    said = [each.model_copy(update={"ended_by": None}) if each.ended_by in later else each for each in said]
    return Registered.model_validate({**row.model_dump(), "stops": said}, extra="ignore")
