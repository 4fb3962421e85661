"""The first step that a release by who only checks stands on (domain specification, section 18)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.batch.trial import is_same_trial
from domain.core.people import Role
from domain.core.refusals import Code, Refused, broken
from domain.policy.market_rule import MarketRule, row_of
from domain.policy.reliance import FirstStepKind, Reliance, SignedAs
from domain.release.certification import MarketRelease
from domain.release.trial_supply import trial_of

_RULE = "section 18, two steps"


class MakersCertificate(NamedTuple):
    """A certificate of the batch that its maker or importer has issued, and that is on record."""

    importing_country: str
    issued_in: str
    is_accepted: bool
    signed_as: SignedAs
    hands: frozenset[str]
    """Who has entered or accepted it."""
    licence_fault: str | None = None
    """Why the authorisation that it was signed under does not count; `None` if it does."""
    trials: frozenset[str] = frozenset()
    """Of clinical supply the trials that it may be of, by the authorisation that it names."""


class Certified(NamedTuple):
    """A release of a part of the batch that another one relies on, or its certification abroad, as it stands."""

    number: str
    by: str | None
    market: str
    """The market that it is for; of a certification abroad the one that it was given under."""
    quantity: Decimal | None = None
    """How much, in the unit of the batch; `None` if all of it."""
    is_abroad: bool = False
    """Whether it was certified for the very market that checks it."""
    role: Role | None = None
    """In which role it was signed; `None` where that is not on record."""
    licensed_in: str | None = None
    """The country of the licence; `None` of one that is of no site on record."""
    trial: str | None = None
    """Of clinical supply the trial that it names."""


class OnRecord(NamedTuple):
    """All that may be a first step of a batch."""

    released: Collection[Certified] = ()
    certificates: Mapping[str, MakersCertificate] = {}
    """By their numbers; each is for all of the batch."""


def first_step_of(
    form: MarketRelease,
    row: MarketRule,
    rows: Collection[MarketRule],
    *,
    roles: Collection[Role],
    persons: Collection[str],
    on_record: OnRecord,
    before: Decimal = Decimal(0),
) -> tuple[str, ...]:
    """The records that a release by who only checks stands on. Raises `Refused` where there is no first step.

    `rows` are those of all markets; `before` is what this market has released. No more is checked than was certified.
    Whoever decides and is no checker certifies, and needs none. A document alone proves nothing (section 16, law 3).
    """
    if form.first_release:
        fault = "a document is no record: enter it as a maker's certificate (MBC-…), and name that in first_step"
        raise broken(_RULE, "The first step is a record.", first_release=fault)
    if not (frozenset(row.deciders) - frozenset(row.checkers)).isdisjoint(roles):
        return ()
    trial = trial_of(form)
    released = [each for each in on_record.released if _why_not(each, row, rows, trial) is None]
    if own := sorted(each.number for each in released if each.by in persons):
        message = f"Who has certified {own[0]} does not check it."
        raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="section 18, who checks never certifies")
    named = _certificates_of(form, row, persons, on_record.certificates, trial)
    if released or named:
        if not named:
            _refuse_beyond(released, form.quantity, before)
        return (*sorted(each.number for each in released), *named)
    raise broken(_RULE, "There is nothing to check yet.", first_step=_what_is_needed(row, rows, on_record, trial))


def why_none_stands(
    row: MarketRule,
    rows: Collection[MarketRule],
    on_record: OnRecord,
    *,
    decided_by: str | None,
    quantity: Decimal | None,
    trial: str | None,
) -> str | None:
    """Why nothing on record carries a release that who only checks has given; `None` if something does.

    `quantity` is what was released, in the unit of the batch, `None` if all of it. Who has released it checks nothing
    of their own.
    """
    others = frozenset({decided_by} if decided_by is not None else ())
    for each in on_record.certificates.values():
        if _why_no_first_step(each, row, trial) is None and each.hands.isdisjoint(others):
            return None
    released = [each for each in on_record.released if each.by not in others and not _why_not(each, row, rows, trial)]
    if not released:
        return _what_is_needed(row, rows, on_record, trial)
    most = _most_of(released)
    if most is None or (quantity is not None and quantity <= most):
        return None
    return f"no more than {most:f} is certified by {_numbered(released)}"


def _what_is_needed(row: MarketRule, rows: Collection[MarketRule], on_record: OnRecord, trial: str | None) -> str:
    """Each way to a first step, and why what is on record is none."""
    ways = [each.words() for each in row.first_steps]
    against = (
        f"{each.number} {why}" for each in on_record.released if (why := _why_not(each, row, rows, trial)) is not None
    )
    return "; ".join(["; or ".join(ways), *sorted(against)])


def _why_not(each: Certified, row: MarketRule, rows: Collection[MarketRule], trial: str | None) -> str | None:
    """Why a release is no first step; `None` if it is one by any reliance of the row."""
    known = [of for of in row.first_steps if of.kind is FirstStepKind.RELEASE and each.market in _codes(of, rows)]
    if not known:
        return f"is for {each.market}, on which {row.market} does not rely"
    faults = [_fault_of_signer(each, of) for of in known]
    if None not in faults:
        return faults[0]
    if trial is not None and (each.trial is None or not is_same_trial(each.trial, trial)):
        return f"is for the trial {each.trial or 'that it does not name'}, not for {trial}"
    return None


def _fault_of_signer(each: Certified, reliance: Reliance) -> str | None:
    if reliance.roles and each.role not in reliance.roles:
        known = each.role.value if each.role is not None else "a role that is not on record"
        return f"was signed as {known}; {' or '.join(reliance.roles)} is asked for"
    if reliance.licensed_in and each.licensed_in is not None and each.licensed_in not in reliance.licensed_in:
        return f"was signed on a licence of {each.licensed_in}; it must be one of {', '.join(reliance.licensed_in)}"
    return None


def _codes(reliance: Reliance, rows: Iterable[MarketRule]) -> frozenset[str]:
    """All codes that count as the markets that are relied on."""
    rows = tuple(rows)
    known = (row_of(rows, each) for each in reliance.markets)
    return frozenset[str]().union(*(of.codes for of in known if of is not None))


def _refuse_beyond(released: Collection[Certified], quantity: Decimal | None, before: Decimal) -> None:
    """What is checked is goods that were certified."""
    most = _most_of(released)
    if quantity is None or most is None or before + quantity <= most:
        return
    fault = f"at most {max(most - before, Decimal(0)):f}: no more is certified by {_numbered(released)}"
    raise broken(_RULE, "No more is checked than was certified.", quantity=fault)


def _most_of(released: Collection[Certified]) -> Decimal | None:
    """How much is certified: the parts for one market add up, and so do those that are certified for this very one.

    What two markets have released may be the same goods: the one that certifies the most counts. `None`: all of it.
    """
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for each in released:
        if each.quantity is None:
            return None
        sums[None if each.is_abroad else each.market] += each.quantity
    return max(sums.values())


def _numbered(released: Iterable[Certified]) -> str:
    return ", ".join(f"{each.number} ({each.quantity:f})" for each in released if each.quantity is not None)


def _certificates_of(
    form: MarketRelease,
    row: MarketRule,
    persons: Collection[str],
    on_record: Mapping[str, MakersCertificate],
    trial: str | None,
) -> tuple[str, ...]:
    """The certificates that are named: of this batch, accepted, and signed for this market as its row asks."""
    faults: dict[str, str] = {}
    takes = any(each.kind is FirstStepKind.CERTIFICATE for each in row.first_steps)
    for index, number in enumerate(form.first_step):
        known = on_record.get(number)
        if known is None or not takes:
            where = "this batch" if takes else f"those that {row.market} takes"
            faults[f"first_step.{index}"] = f"is no maker's certificate of {where}"
        elif (fault := _why_no_first_step(known, row, trial)) is not None:
            faults[f"first_step.{index}"] = fault
        elif not known.hands.isdisjoint(persons):
            message = f"Who has entered or accepted {number} does not check it."
            raise Refused(Code.SEGREGATION_OF_DUTIES, message, rule="section 18, who checks never certifies")
    if faults:
        raise broken(_RULE, "The first step is a record of this batch.", **faults)
    return form.first_step


def _why_no_first_step(known: MakersCertificate, row: MarketRule, trial: str | None) -> str | None:
    if not known.is_accepted:
        return "is not accepted"
    of_certificates = [each for each in row.first_steps if each.kind is FirstStepKind.CERTIFICATE]
    taken = [each for each in of_certificates if known.signed_as in each.signed_as]
    if not taken:
        return _why_not_signed_so(known.signed_as, of_certificates)
    if known.licence_fault is not None:
        return f"was signed under an authorisation that {known.licence_fault}"
    issued_for = [each for each in taken if known.importing_country in (each.issued_for or row.codes)]
    if not issued_for:
        return f"was issued for {known.importing_country}"
    if all(each.licensed_in and known.issued_in not in each.licensed_in for each in issued_for):
        where = dict.fromkeys(code for each in issued_for for code in each.licensed_in)
        return f"was issued in {known.issued_in}; it must be one of {', '.join(where)}"
    if trial is not None and not any(is_same_trial(each, trial) for each in known.trials):
        return f"is not of the trial {trial}"
    return None


def _why_not_signed_so(signed_as: SignedAs, reliances: Iterable[Reliance]) -> str:
    asked = dict.fromkeys(each for reliance in reliances for each in reliance.signed_as)
    if not signed_as.certifies and all(each.certifies for each in asked):
        how = (
            f"enter their certification, with signed_as {' or '.join(asked)} and the number of the authorisation that"
            " names them (signed_under)"
        )
        return f"does not say that a qualified person has certified: {how}"
    return f"was signed {signed_as.words}; {' or '.join(each.words for each in asked)} is asked for"
