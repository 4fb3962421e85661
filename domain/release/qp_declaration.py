"""The declaration of a qualified person on the GMP of makers of an active substance, as a signed record.

Directive 2001/83/EC, Article 46(f) and 8(3)(ha); template "QP declaration"; domain specification, sections 16 and 17.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.audit.outcome import Recommendation
from domain.core.attestations import Worded
from domain.core.document import Documents
from domain.core.forms import Action, Form, Forms, Meaning, Value
from domain.core.names import name_key
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier, ShortText, Text
from domain.site.site import Activity

RULE = "section 17, QP declaration"
_STATEMENT = (
    "The active substance is manufactured in accordance with good manufacturing practice at the sites named, as the"
    " audits named have shown."
)

DeclarationNumber = Annotated[str, Field(pattern=r"^QPD-[A-Z0-9][A-Z0-9-]{0,40}$")]
"""Number of a declaration, chosen by who signs it; unique for ever."""


class DeclaredSite(Value):
    """One maker that a declaration covers: a site for what it makes."""

    scope_id: Identifier = Field(examples=["SC-1"])
    """Site, activity and product: what was audited."""
    audit_id: Identifier = Field(examples=["AUD-1"])
    """The full-scope audit that it rests on, its report issued; or the qualification in which the report of another
    auditor was accepted."""


class QpDeclaration(Form):
    """Declare that an active substance and its intermediates are made under GMP, on the audits of the makers."""

    action = Action(
        None,
        "declare",
        "Declare GMP of the makers of a substance",
        frozenset({Role.QP}),
        meaning=Meaning.CERTIFIED,
        in_person=True,
    )

    substance: ShortText = Field(examples=["ARL-204"])
    """The active substance, as one of the makers of active substances that are covered is qualified for it."""
    holder: ShortText = Field(examples=["Arlivan Therapeutics GmbH"])
    """Who holds the authorisation on whose behalf it is given: the manufacturer or importer that uses the substance, or
    the one that certifies."""
    authorisation: ShortText = Field(examples=["DE_RP_01_MIA_2023_0042"])
    """Number of that manufacturing or import authorisation, or of the registration."""
    covers: Annotated[tuple[DeclaredSite, ...], Field(min_length=1, max_length=50)]
    """Every maker that it covers, each with its audit."""
    valid_until: date = Field(examples=["2027-12-31"])
    """Last day on which it counts; not after the day on which the next audit of any of the makers is due."""
    statement: Annotated[Text, Worded(_STATEMENT)] = Field(default=_STATEMENT, examples=[_STATEMENT])
    """What is declared, in the words of the template."""
    documents: Documents = ()
    """Copies that were signed for an authority."""


class QpDeclarationWithdrawal(Form):
    """Withdraw a declaration: it counts no more from now on. What was released on it is looked at again."""

    action = Action(
        None,
        "withdraw",
        "Withdraw a declaration on GMP",
        frozenset({Role.QP, Role.HEAD_QA}),
        meaning=Meaning.AUTHORED,
        sent_to="withdrawal",
        stops=True,
    )

    reason: Text = Field(examples=["The audit trail of the reactor was found switched off after the audit."])
    """Why it can be relied on no more."""


QP_DECLARATION = RecordKind(
    noun="qp_declaration",
    called="A declaration on GMP",
    prefix="QPD-",
    example="QPD-2025-014",
    forms=Forms(QpDeclaration, QpDeclarationWithdrawal),
)


class Maker(BaseModel):
    """What the records say of one maker that a declaration is to cover."""

    model_config = ConfigDict(frozen=True)

    activity: Activity
    product: str
    is_audit: bool = False
    """Whether the id names an audit of this site and scope, or a qualification of it with a bought report."""
    is_reported: bool = False
    is_full_scope: bool = False
    last_day: date | None = None
    """Last day on site."""
    next_due: date | None = None
    """By when the next audit must have taken place, counted from that day."""
    outcome: Recommendation | None = None
    """The worst of that audit and all since, by now."""


def refuse_unless_asked_for(markets: Collection[str]) -> None:
    """Raise `Refused` where no row of the policy asks for a declaration: nobody is appointed to give one."""
    if not markets:
        raise broken(RULE, "No market of the policy asks for a declaration (declares_substances).")


def refuse_unless_declared(form: QpDeclaration, makers: Sequence[Maker | None], today: date) -> None:
    """Raise `Refused` field by field unless each audit shows what is declared. `None` is a scope that there is not."""
    faults: dict[str, str] = {}
    named: set[str] = set()
    for index, (covered, maker) in enumerate(zip(form.covers, makers, strict=True)):
        if covered.scope_id in named:
            faults[f"covers.{index}.scope_id"] = "is named twice"
        elif maker is None:
            faults[f"covers.{index}.scope_id"] = "unknown"
        else:
            faults |= {f"covers.{index}.{name}": fault for name, fault in _faults_of(maker, today).items()}
        named.add(covered.scope_id)
    if (others := _made_instead(form, makers)) is not None:
        faults["substance"] = f"is made by none of the makers that are covered; they are qualified for {others}"
    if form.valid_until < today:
        faults["valid_until"] = "is over"
    due = [maker.next_due for maker in makers if maker is not None and maker.next_due is not None]
    if due and form.valid_until > min(due):
        faults.setdefault("valid_until", f"is after {min(due)}, when the next audit is due")
    if faults:
        raise broken(RULE, "A declaration rests on audits that show what it says.", **faults)


def _made_instead(form: QpDeclaration, makers: Sequence[Maker | None]) -> str | None:
    """What the makers of active substances make, if none makes the one that is declared on."""
    made = [each.product for each in makers if each is not None and each.activity is Activity.API_MFG]
    if not made or name_key(form.substance) in {name_key(each) for each in made}:
        return None
    return ", ".join(dict.fromkeys(made))


def _faults_of(maker: Maker, today: date) -> dict[str, str]:
    if not maker.is_audit:
        return {"audit_id": "is no audit of this site and scope"}
    if not maker.is_reported:
        return {"audit_id": "has no issued report"}
    if not maker.is_full_scope:
        return {"audit_id": "did not cover the full scope"}
    if maker.outcome is Recommendation.UNACCEPTABLE:
        return {"audit_id": "found it unacceptable, or an audit since then did"}
    if maker.next_due is None or maker.next_due < today:
        return {"audit_id": f"is past its interval: the next audit was due on {maker.next_due}"}
    return {}


def refuse_withdrawn(withdrawn_by: str | None, withdrawn_at: str | None) -> None:
    """Raise `Refused` if the declaration was withdrawn already."""
    if withdrawn_by is not None:
        raise Refused(Code.ALREADY_ANSWERED, "It was withdrawn already.", who=withdrawn_by, when=withdrawn_at)
