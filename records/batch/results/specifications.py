"""Which specification holds for a scope in a market at an instant."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.authorisation import RegisteredSpecification, on_day
from domain.batch.results.printed import called
from domain.batch.results.specification import SpecificationStatus, SpecifiedTest
from domain.batch.results.versions import is_tighter
from records.batch.tables.analysis import SpecificationRow


async def specification_in_force(
    session: AsyncSession, scope_id: str, market: str, at: datetime
) -> SpecificationRow | None:
    """The newest approved version of a scope that names the market and has taken effect; `None` if there is none."""
    return (await specifications_in_force(session, scope_id, (market,), at)).get(market)


async def specifications_in_force(
    session: AsyncSession, scope_id: str, markets: Iterable[str], at: datetime
) -> dict[str, SpecificationRow]:
    """The version in force for each market that has one. One statement.

    The newest that has taken effect holds: the one whose place it takes never comes back, not even if it was to take
    effect later.
    """
    return in_force_at(await approved_of(session, scope_id), markets, at)


async def approved_of(session: AsyncSession, scope_id: str) -> Sequence[SpecificationRow]:
    """All approved versions of a scope, the newest first. One statement."""
    query = select(SpecificationRow).where(
        col(SpecificationRow.scope_id) == scope_id, col(SpecificationRow.status) == SpecificationStatus.APPROVED.value
    )
    return (await session.exec(query.order_by(col(SpecificationRow.version).desc()))).all()


def in_force_at(
    approved: Sequence[SpecificationRow], markets: Iterable[str], at: datetime
) -> dict[str, SpecificationRow]:
    """Of the approved versions the one in force for each market at an instant."""
    effective = [row for row in approved if row.effective_from <= at]
    found = {market: next((row for row in effective if market in row.markets), None) for market in markets}
    return {market: row for market, row in found.items() if row is not None}


class Valid(NamedTuple):
    """A version to which a batch may be certified in a market."""

    row: SpecificationRow
    until: date | None = None
    """Of a former version its last day; `None` of one that counts without end."""

    @property
    def words(self) -> str:
        """As people find it, with its last day if it has one."""
        until = f" until {self.until}" if self.until is not None else ""
        return f"{self.row.spec_id} v{self.row.version}{until}"


def valid_at(
    approved: Sequence[SpecificationRow],
    market: str,
    at: datetime,
    today: date,
    registered: Collection[Sequence[RegisteredSpecification]] = (),
) -> list[Valid]:
    """The versions to which a batch may be certified in a market: the one in force, and former ones until their end.

    `today` is the day at the site. Where authorisations in force name versions (`registered`, what each of them
    names), no others count: of each authorisation the newest, and former ones until the last day that it states. Where
    it states none, the end of a former version is what the one that replaces it says.
    """
    effective = [row for row in approved if row.effective_from <= at and market in row.markets]
    of_each = [named for each in registered if (named := of_specification(each, approved))]
    if not of_each:
        return _valid(effective, (), today)
    found: dict[int, Valid] = {}
    for named in of_each:
        counting = [row for row in effective if on_day(_periods(named, row), today)]
        for each in _valid(counting, named, today):
            found[each.row.version] = _longer(each, found.get(each.row.version, each))
    return [found[version] for version in sorted(found, reverse=True)]


def _valid(
    effective: Sequence[SpecificationRow], named: Collection[RegisteredSpecification], today: date
) -> list[Valid]:
    valid = [Valid(row) for row in effective[:1]]
    for newer, former in pairwise(effective):
        ends = [each.valid_to for each in _periods(named, former) if each.holds_on(today) and each.valid_to is not None]
        until = max(ends) if ends else newer.former_valid_until if newer is valid[-1].row else None
        if until is not None and today <= until:
            valid.append(Valid(former, until))
    return valid


def _longer(one: Valid, other: Valid) -> Valid:
    return one if one.until is None or (other.until is not None and other.until < one.until) else other


def of_specification(
    registered: Iterable[RegisteredSpecification], approved: Sequence[SpecificationRow]
) -> list[RegisteredSpecification]:
    """What is registered of the specification that these are versions of."""
    ids = {row.spec_id for row in approved}
    return [each for each in registered if each.spec_id in ids]


def _periods(named: Iterable[RegisteredSpecification], row: SpecificationRow) -> list[RegisteredSpecification]:
    return [each for each in named if (each.spec_id, each.version) == (row.spec_id, row.version)]


class Named(NamedTuple):
    """What certificates may call versions of a specification."""

    valid: tuple[str, ...]
    others: tuple[str, ...]
    tighter: tuple[str, ...]
    """Of the others those that ask for all that the version in force does, and as much of it."""


def names_on_certificates(
    approved: Sequence[SpecificationRow],
    markets: Iterable[str],
    instants: Sequence[datetime],
    today: date,
    valid: Collection[Valid] | None = None,
) -> Named:
    """The versions that a certificate may be printed to; the last of the instants is now.

    They are valid now, or were in force as the batch was begun or finished where nobody has stated for how long. Where
    authorisations say which versions count in the market that is decided for, these alone are `valid`.
    """
    markets = tuple(markets)
    if valid is not None:
        return _called(approved, instants[-1], {each.row.version for each in valid}, [each.row for each in valid])
    known = {each.row.version for market in markets for each in valid_at(approved, market, instants[-1], today)}
    for at in instants:
        for market, row in in_force_at(approved, markets, at).items():
            newer = [each for each in approved if each.version > row.version and market in each.markets]
            if all(each.former_valid_until is None for each in newer if each.effective_from <= instants[-1]):
                known.add(row.version)
    return _called(approved, instants[-1], known, in_force_at(approved, markets, instants[-1]).values())


def _called(
    approved: Sequence[SpecificationRow], now: datetime, valid: Collection[int], asked: Iterable[SpecificationRow]
) -> Named:
    """What each version is called. A tighter one asks for more than one of those that are `asked` for."""
    wanted = [tests_of(row) for row in asked]
    names: dict[str, list[str]] = {"valid": [], "others": [], "tighter": []}
    for row in approved:
        called_so = called(row.spec_id, row.version, row.printed_as)
        if row.version in valid:
            names["valid"] += called_so
            continue
        names["others"] += called_so
        if row.effective_from <= now and any(is_tighter(tests_of(row), each) for each in wanted):
            names["tighter"] += called_so
    return Named(*(tuple(dict.fromkeys(each)) for each in names.values()))


def tests_of(row: SpecificationRow) -> tuple[SpecifiedTest, ...]:
    """The tests of a version, as an earlier version of the program may have stored them."""
    return tuple(SpecifiedTest.model_validate(each, extra="ignore") for each in row.tests)
