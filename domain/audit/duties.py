"""Segregation of duties in an audit (domain specification, section 11). Each answer maps a person id to the rule."""

from collections.abc import Iterable


def barred_from_approving_plan(authors: Iterable[str]) -> dict[str, str]:
    """S1: who wrote the plan does not approve it."""
    return dict.fromkeys(authors, "S1")


def barred_from_deciding_waiver(requesters: Iterable[str]) -> dict[str, str]:
    """S9: who asks for a waiver does not grant it."""
    return dict.fromkeys(requesters, "S9")


def barred_from_deciding_for_cause(requesters: Iterable[str]) -> dict[str, str]:
    """S1: who requests the audit does not decline the request."""
    return dict.fromkeys(requesters, "S1")


def barred_from_approving_report(team: Iterable[str], authors: Iterable[str]) -> dict[str, str]:
    """S2: no auditor of the team approves the report; S1: nor does its author."""
    return dict.fromkeys(team, "S2") | dict.fromkeys(authors, "S1")


def barred_from_excepting_outcome(team: Iterable[str], authors: Iterable[str]) -> dict[str, str]:
    """S2, S1: the team does not grant itself a milder outcome."""
    return barred_from_approving_report(team, authors)


def barred_from_closing(team: Iterable[str]) -> dict[str, str]:
    """S2: no auditor of the team closes the audit."""
    return dict.fromkeys(team, "S2")


def barred_from_judging(team: Iterable[str]) -> dict[str, str]:
    """S2: a dispute is judged outside the audit team."""
    return dict.fromkeys(team, "S2")


def barred_from_accepting_response(reviewers: Iterable[str]) -> dict[str, str]:
    """S1: who proposed the verdicts does not accept them."""
    return dict.fromkeys(reviewers, "S1")


def barred_from_deciding_suspension(reporters: Iterable[str]) -> dict[str, str]:
    """S1: who reported the critical finding or aborted the audit does not decide that nothing follows."""
    return dict.fromkeys(reporters, "S1")
