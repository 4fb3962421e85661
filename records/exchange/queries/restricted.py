"""Restricted exchanges: only some of the sponsor's people read them, and the parameter sets that come from them."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.exchange.exchange import READERS_OF_RESTRICTED, Confidentiality
from records.core.queries.visibility import HiddenCases, HiddenStreams
from records.core.questions import composes
from records.exchange.tables.exchanges import ExchangeRow
from records.exchange.tables.parameters import ParameterSetRow


@composes(HiddenCases)
def restricted_exchanges(asked: HiddenCases) -> tuple[SelectOfScalar[str], ...]:
    """The restricted exchanges, for who does not read them."""
    return () if asked.actor.roles & READERS_OF_RESTRICTED else (_restricted(),)


@composes(HiddenStreams)
def restricted_streams(asked: HiddenStreams) -> tuple[SelectOfScalar[str], ...]:
    """The restricted exchanges and the parameter sets that come from one."""
    if asked.actor.roles & READERS_OF_RESTRICTED:
        return ()
    sets = select(ParameterSetRow.set_id).where(col(ParameterSetRow.case_id).in_(_restricted()))
    return _restricted(), sets


def _restricted() -> SelectOfScalar[str]:
    restricted = col(ExchangeRow.confidentiality) == Confidentiality.RESTRICTED.value
    return select(ExchangeRow.case_id).where(restricted)
