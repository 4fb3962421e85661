"""The entries of the registers of certificates, numbered without gaps (domain specification, section 18)."""

from typing import NamedTuple

from pydantic import JsonValue

from domain.batch.gate.results import GateResult, GateVerdict
from domain.core.people import Role
from domain.policy.market_rule import DecisionRule
from domain.release.authorisation_gates import stood_on
from domain.release.certification import DecisionForMarket
from domain.release.certification_rules import number_in
from domain.release.evidence import BatchEvidence
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect
from records.core.writing import Writing
from records.release.declarations import Signing, declaration


class Into(NamedTuple):
    """Where something is entered, and as what."""

    register: str
    rule: DecisionRule
    entitled: frozenset[Role]
    """The roles under which it is signed."""
    stands_on: tuple[str, ...] = ()
    """Numbers of the first step."""
    made_under: str | None = None
    """The rules that clinical supply was made under, where the phase of its trial decides that."""


async def next_entry(
    writing: Writing,
    batch: BatchRow,
    form: DecisionForMarket,
    evidence: BatchEvidence,
    results: tuple[GateResult, ...],
    into: Into,
) -> Effect:
    """The next entry of a register, written in the same transaction: a refusal leaves no gap."""
    head = await writing.head(into.register)
    authorised = stood_on(evidence)
    stands_on = authorised.reference.model_dump(mode="json") if authorised is not None else None
    number = number_in(into.register, writing.at.year, head.number + 1)
    payload: dict[str, JsonValue] = {
        "register": into.register,
        "certificate_number": str(number),
        **await declaration(
            writing.session,
            batch,
            form,
            into.rule,
            Signing(writing.actor, into.entitled, writing.at),
            destinations=(await writing.policy()).destinations_of(form.market),
            made_under=into.made_under,
            before={scope.scope_id for member in evidence.ancestors for scope in member.scopes},
        ),
        "product_authorisation": stands_on,
        "appointments": [*writing.relies_on],
        "relies_on": [*into.stands_on],
        "exceptions": [each.exception_id for each in evidence.exceptions if each.market == form.market],
        "judged": [each.gate.value for each in results if each.verdict is GateVerdict.JUDGED],
    }
    entry = await writing.append("register.entered", payload, stream=into.register)
    return {
        "certificate_number": str(number),
        "register": into.register,
        "register_number": entry,
        "product_authorisation": stands_on,
    }
