"""Segregation of duties in a qualification (section 11), as persons and the rules that bar them."""

from collections.abc import Collection, Iterable

from domain.core.refusals import Code, Refused


def barred_from_opening(requesters: Iterable[str]) -> dict[str, str]:
    """S1: nobody decides on their own request."""
    return dict.fromkeys(requesters, "S1")


def barred_from_overriding(screeners: Iterable[str]) -> dict[str, str]:
    """S1: who screened the site does not override the hit."""
    return dict.fromkeys(screeners, "S1")


def barred_from_omitting(owners: Iterable[str]) -> dict[str, str]:
    """S3: who runs the case for supplier quality does not decide to go on without an answer."""
    return dict.fromkeys(owners, "S3")


def barred_from_approving_risk(authors: Iterable[str]) -> dict[str, str]:
    """S8: the author of a risk assessment does not approve it."""
    return dict.fromkeys(authors, "S8")


def barred_from_lowering(authors: Iterable[str], approvers: Iterable[str]) -> dict[str, str]:
    """S8: a tier is lowered by two persons, neither of them the author."""
    return dict.fromkeys([*authors, *approvers], "S8")


def barred_from_granting_waiver(requesters: Iterable[str]) -> dict[str, str]:
    """S9: who asks for a waiver does not grant it."""
    return dict.fromkeys(requesters, "S9")


def barred_from_accepting(authors: Iterable[str]) -> dict[str, str]:
    """S1: nobody accepts what they submitted."""
    return dict.fromkeys(authors, "S1")


def barred_from_agreeing(leads: Iterable[str]) -> dict[str, str]:
    """S2: who led the audit does not agree with its recommendation as qualified person."""
    return dict.fromkeys(leads, "S2")


def barred_from_deciding(owners: Iterable[str], proposers: Iterable[str], leads: Iterable[str]) -> dict[str, str]:
    """S3: nor who runs the case; S2: nor a lead auditor of it; S1: nor who proposed."""
    return dict.fromkeys(owners, "S3") | dict.fromkeys(leads, "S2") | dict.fromkeys(proposers, "S1")


def refuse_owners(persons: Iterable[str], owners: Collection[str]) -> None:
    """Raise `Refused` when one of the persons has run the case for supplier quality, however late (S3)."""
    if any(person in owners for person in persons):
        message = "Who runs the case for supplier quality does not sign its decision."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S3")


def barred_from_co_signing(signers: Iterable[str], proposers: Iterable[str], leads: Iterable[str]) -> dict[str, str]:
    """S2: no lead auditor of the case; S1: neither who proposed nor who signed first."""
    return dict.fromkeys(leads, "S2") | dict.fromkeys([*proposers, *signers], "S1")


def barred_from_verifying_condition(owner: str) -> dict[str, str]:
    """S7: the owner of a condition does not verify it."""
    return {owner: "S7"}
