"""What stands against lifting a status, whoever lifts it (domain specification, section 5; S2)."""

from collections.abc import Collection, Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from domain.core.refusals import Code, Refused


class Hindrances(BaseModel):
    """What the records hold against lifting a status now."""

    model_config = ConfigDict(frozen=True)

    critical_findings: tuple[str, ...] = ()
    """Ids of critical findings of the site that are not verified."""
    open_audits: tuple[str, ...] = ()
    """For-cause audits of the scope that go on, without an outcome that can be accepted."""
    unacceptable_audit: str | None = None
    """The last audit of the scope that was reported, if it has come to UNACCEPTABLE."""
    critical_capas: tuple[str, ...] = ()
    """Ids of CAPAs for critical findings that are not verified."""
    expired_certificates: tuple[str, ...] = ()
    """Kinds of certificates that the policy demands and that have ended without a successor."""
    agreement_lapsed: bool = False
    unmet_conditions: tuple[str, ...] = ()
    """Conditions of an earlier decision on the scope, as `case/number`."""
    impact_not_assessed: bool = False
    """Whether nobody has assessed yet what the suspension means for released batches."""
    unreviewed_batches: tuple[str, ...] = ()
    """Released batches whose review for the suspension is not answered."""
    requalification_overdue: bool = False
    """Whether the approval has expired, or would have by now: only a requalification leads on."""


def critical_to(found: Hindrances) -> dict[str, str]:
    """What is critical and keeps a suspension in force, whichever way it is to end."""
    missing: dict[str, str] = {}
    if found.critical_findings:
        missing["findings"] = f"are critical and open: {', '.join(found.critical_findings)}"
    if found.critical_capas:
        missing["capas"] = f"are critical and not verified: {', '.join(found.critical_capas)}"
    audits = [f"{', '.join(found.open_audits)} for cause is open"] if found.open_audits else []
    if found.unacceptable_audit is not None:
        audits.append(f"{found.unacceptable_audit}, the last one, has come to UNACCEPTABLE; another one follows")
    if audits:
        missing["audits"] = "; ".join(audits)
    return missing


def refuse_while_hindered(missing: Mapping[str, str]) -> None:
    """Raise `Refused(GATE_CLOSED)` naming what is missing; nothing but evidence opens this gate (section 5)."""
    if missing:
        message = f"Not yet: {'; '.join(f'{name} {why}' for name, why in missing.items())}."
        raise Refused(Code.GATE_CLOSED, message, fields=dict(missing), rule="section 5")


def refuse_leads(persons: Iterable[str], leads: Collection[str]) -> None:
    """Raise `Refused` when a lead auditor of an audit of the scope would sign its reinstatement (S2)."""
    if any(person in leads for person in persons):
        message = "Who led an audit of the scope does not sign its reinstatement."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="S2")
