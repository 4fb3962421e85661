"""Restricted exchanges: only some of the sponsor's people read them, and the parameter sets that come from them."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from domain.exchange import READERS_OF_RESTRICTED, Confidentiality
from records.queries.visibility import RESTRICTIONS, Restriction
from records.tables import ExchangeRow, ParameterSetRow


def _exchanges() -> SelectOfScalar[str]:
    restricted = col(ExchangeRow.confidentiality) == Confidentiality.RESTRICTED.value
    return select(ExchangeRow.case_id).where(restricted)


def _parameter_sets() -> SelectOfScalar[str]:
    return select(ParameterSetRow.set_id).where(col(ParameterSetRow.case_id).in_(_exchanges()))


RESTRICTIONS.declare(Restriction(READERS_OF_RESTRICTED, cases=_exchanges, records=_parameter_sets))
