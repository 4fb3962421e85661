"""How far the sponsor's own results lie from those of the certificate (21 CFR 211.84(d)(2)).

The FDA has cited the use of a lot whose own result was 7.8 % away from that of the certificate.
"""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from domain.batch.results.recomputation import Recomputation, Reported
from domain.batch.results.specification import ResultKind, SpecifiedTest
from domain.batch.results.text import Bound, reading
from domain.batch.results.units import unit_of
from domain.core.names import name_key
from domain.core.units import converted


def differences(
    own: Sequence[Reported], certificate: Sequence[Reported], tests: Iterable[SpecifiedTest], max_percent: Decimal
) -> tuple[str, ...]:
    """Tests whose own result lies further from the certificate than allowed, with the difference in %.

    In % of the certificate's result, or of the upper limit where there is no lower one: of what should be absent a
    small part more or less says nothing. The individual results that lie furthest from each other count. A difference
    of one step in the last decimal of the limit is none. Results that are no plain numbers are judged by themselves.
    """
    found = []
    for test in tests:
        mine, theirs = (_values(results, test) for results in (own, certificate))
        if test.kind is ResultKind.NUMERIC and mine and theirs:
            apart, told, said = max((abs(one - other), one, other) for one in mine for other in theirs)
            of = test.upper if test.lower is None and test.upper else said
            percent = apart / abs(of) * 100 if of else Decimal("Infinity")
            if percent > max_percent and apart > Decimal(1).scaleb(-test.places()):
                shown = f"{percent:.1f} % apart" if percent.is_finite() else "apart"
                found.append(f"{test.name}: {told:f} and {said:f} on the certificate are {shown}")
    return tuple(found)


def bears_out(
    own: Iterable[Reported], certificate: Iterable[Reported], found: Collection[Recomputation], differs: Collection[str]
) -> bool:
    """Whether own results confirm a certificate: it reports a test of theirs, all is compared, nothing differs.

    `found` are the own results against each version of the specification in force. Where a tighter one fails, that
    market is held; the certificate is confirmed all the same.
    """
    shared = {name_key(each.test) for each in own} & {name_key(each.test) for each in certificate}
    clear = not any(each.unreadable or each.unknown for each in found)
    return bool(shared) and clear and any(not each.failed for each in found) and not differs


def _values(results: Iterable[Reported], test: SpecifiedTest) -> list[Decimal]:
    key = name_key(test.name)
    return [value for each in results if name_key(each.test) == key and (value := _value(each, test)) is not None]


def _value(each: Reported, test: SpecifiedTest) -> Decimal | None:
    try:
        read = reading(each.result)
        if read.value is None or read.bound is not Bound.EXACT or test.unit is None:
            return None
        return converted(read.value, read.unit or unit_of(each.unit or "") or test.unit, test.unit)
    except ValueError:  # no number, or another unit: it is unreadable, and named as such
        return None
