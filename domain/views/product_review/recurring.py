"""What recurs: deviations and results outside that have a parameter, a test or a cause in common."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum

from domain.core.names import name_key, text_key
from domain.core.view import View
from domain.views.product_review.batches import Departure, OutsideResult


class Common(StrEnum):
    """What they have in common."""

    PARAMETER = "PARAMETER"
    TEST = "TEST"
    CAUSE = "CAUSE"
    """The same words for the root cause, or the same cause in the laboratory."""


class Recurrence(View):
    """The same at one site more than once in the period."""

    site_id: str
    kind: str
    """DEVIATION or OOS."""
    common: Common
    what: str
    """The parameter, test or cause as it was written first."""
    times: int
    batches: int
    classes: str
    """The classes or kinds among them, parted by a comma."""
    ids: str
    """Their numbers, parted by a comma."""


_Key = tuple[str, str, Common, str]
_Told = tuple[_Key, str, Departure | OutsideResult]


def recurring(departures: Iterable[Departure], outside: Iterable[OutsideResult]) -> tuple[Recurrence, ...]:
    """Whatever occurs at least twice, the most frequent first."""
    groups: dict[_Key, list[tuple[str, Departure | OutsideResult]]] = defaultdict(list)
    for key, written, each in (*_of_deviations(departures), *_of_results(outside)):
        groups[key].append((written, each))
    found = [_recurrence(key, told) for key, told in groups.items() if len(told) > 1]
    return tuple(sorted(found, key=lambda each: (-each.times, each.site_id, each.kind, each.common, each.what)))


def _of_deviations(departures: Iterable[Departure]) -> Iterator[_Told]:
    for each in departures:
        if each.parameter is not None:
            yield (each.site_id, "DEVIATION", Common.PARAMETER, name_key(each.parameter)), each.parameter, each
        if each.cause is not None:
            yield (each.site_id, "DEVIATION", Common.CAUSE, text_key(each.cause).rstrip(".")), each.cause, each


def _of_results(outside: Iterable[OutsideResult]) -> Iterator[_Told]:
    for each in outside:
        yield (each.site_id, "OOS", Common.TEST, name_key(each.test)), each.test, each
        if each.cause is not None:
            yield (each.site_id, "OOS", Common.CAUSE, each.cause), each.cause, each


def _recurrence(key: _Key, told: list[tuple[str, Departure | OutsideResult]]) -> Recurrence:
    site_id, kind, common, _ = key
    records = [each for _, each in told]
    classes = {each.deviation_class if isinstance(each, Departure) else each.kind for each in records}
    ids = [each.deviation_id if isinstance(each, Departure) else each.oos_id for each in records]
    return Recurrence(
        site_id=site_id,
        kind=kind,
        common=common,
        what=told[0][0],
        times=len(records),
        batches=len({each.batch_id for each in records}),
        classes=", ".join(sorted(classes)),
        ids=", ".join(ids),
    )
