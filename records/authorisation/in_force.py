"""Which authorisations hold for a product in a market: for gates, and for whoever asks what one of them demands."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlmodel import and_, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import Registered, Stop, in_force_on
from domain.batch.results.specification import SpecificationStatus
from domain.core.names import name_key
from domain.policy.market_rule import MarketRule, row_of
from records.authorisation.tables import AuthorisationRow, AuthorisationStopRow


def codes_for(rows: Iterable[MarketRule], market: str) -> tuple[str, ...]:
    """The markets whose authorisation is good for one: itself, and the market that it counts as."""
    row = row_of(rows, market)
    return tuple(dict.fromkeys([market, row.market])) if row is not None else (market,)


async def authorisations_of(session: AsyncSession, product: str, markets: Collection[str]) -> list[Registered]:
    """The newest approved version of every authorisation of a product in these markets, by id. One statement."""
    query = (
        select(AuthorisationRow, AuthorisationStopRow)
        .outerjoin(
            AuthorisationStopRow,
            and_(col(AuthorisationStopRow.authorisation_id) == col(AuthorisationRow.authorisation_id)),
        )
        .where(
            col(AuthorisationRow.market).in_(sorted(markets)),
            col(AuthorisationRow.product_key) == name_key(product),
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
    for row, stop in (await session.exec(query)).all():
        if newest.setdefault(row.authorisation_id, row) is row and stop is not None:
            stops.setdefault(row.authorisation_id, []).append(stop)
    return [registered(row, stops.get(each, ())) for each, row in newest.items()]


async def in_force(
    session: AsyncSession, rows: Iterable[MarketRule], product: str, market: str, day: date
) -> list[Registered]:
    """The versions that are in force for a product in a market on a day: release sites, official batch release, all.

    `rows` are the markets of the policy.
    """
    return in_force_on(await authorisations_of(session, product, codes_for(rows, market)), day)


def registered(row: AuthorisationRow, stops: Sequence[AuthorisationStopRow]) -> Registered:
    """What a version registers, as an earlier version of the program may have stored it."""
    said = [Stop.model_validate(each.model_dump(include={"status", "since", "stated_at"})) for each in stops]
    return Registered.model_validate({**row.model_dump(), "stops": said}, extra="ignore")
