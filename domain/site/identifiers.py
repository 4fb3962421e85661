"""By what a site is known elsewhere, and whether two records are of one place."""

from typing import Annotated

from pydantic import Field

from domain.core.forms import Value
from domain.core.names import party_key


class Identifiers(Value):
    """Numbers under which authorities and registers know a company or a site."""

    fei: Annotated[str, Field(pattern=r"^[0-9]{7,10}$")] | None = None
    """FDA establishment identifier, 7 to 10 digits."""
    duns: Annotated[str, Field(pattern=r"^[0-9]{9}$")] | None = None
    """D-U-N-S number, 9 digits."""
    oms: Annotated[str, Field(pattern=r"^(ORG|LOC)-[0-9]{9}$")] | None = None
    """EMA organisation (ORG-) or location (LOC-) id."""


def shared_place(identifiers: Identifiers, address: str, others: Identifiers, other_address: str) -> str | None:
    """The field that shows that two sites are one place; `None` if none does.

    An FEI and a location of the OMS are given to one site; a D-U-N-S number may cover several, so the address decides.
    """
    if identifiers.fei is not None and identifiers.fei == others.fei:
        return "identifiers.fei"
    if identifiers.oms is not None and identifiers.oms.startswith("LOC-") and identifiers.oms == others.oms:
        return "identifiers.oms"
    return "address" if party_key(address) == party_key(other_address) else None
