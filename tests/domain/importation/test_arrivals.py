"""What has arrived of a batch is counted once, and what left again may arrive again."""

from decimal import Decimal
from typing import Any

import pytest

from domain.core.refusals import Refused
from domain.importation.arrivals import Arrival, Goods, beyond_what_was_made, come_anew, refuse_other_declaration
from domain.importation.consignment import CustomsClearance
from tests.domain.filling import filled


def came(number: int, from_country: str, to_country: str, quantity: int, **more: Any) -> Arrival:
    return Arrival(f"IMP-{number}", from_country, to_country, Decimal(quantity), **more)


INDIA_TO_GERMANY = came(1, "IN", "DE", 100)


@pytest.mark.parametrize(
    ("arrivals", "sent", "anew"),
    [
        ([], {}, 0),
        ([INDIA_TO_GERMANY], {}, 100),
        ([INDIA_TO_GERMANY, came(2, "IN", "DE", 100)], {}, 200),
        ([INDIA_TO_GERMANY, came(2, "DE", "GB", 40)], {}, 100),
        ([INDIA_TO_GERMANY, came(2, "DE", "GB", 140)], {}, 140),
        ([INDIA_TO_GERMANY, came(2, "DE", "GB", 100), came(3, "GB", "DE", 100)], {}, 100),
        ([INDIA_TO_GERMANY, came(2, "CH", "DE", 30)], {"CH": 30}, 100),
        ([INDIA_TO_GERMANY, came(2, "CH", "DE", 30)], {"CH": 10}, 120),
        ([INDIA_TO_GERMANY, came(2, "CH", "DE", 30)], {"US": 30}, 130),
    ],
)
def test_goods_come_anew_once(arrivals: list[Arrival], sent: dict[str, int], anew: int) -> None:
    assert come_anew(arrivals, {country: Decimal(each) for country, each in sent.items()}) == anew


@pytest.mark.parametrize(
    ("made", "used_there", "said"),
    [
        (None, {}, None),
        (100, {}, None),
        (99, {}, "100 arrive in all (IMP-1 100), of 99 that were made"),
        (150, {"IN": 50}, None),
        (149, {"IN": 50}, "100 arrive in all (IMP-1 100), of 149 that were made less 50 used where it was made"),
        (100, {"DE": 100}, None),
    ],
)
def test_no_more_arrives_than_there_was(made: int | None, used_there: dict[str, int], said: str | None) -> None:
    used = {country: Decimal(each) for country, each in used_there.items()}
    goods = Goods(made=Decimal(made) if made is not None else None, used_there=used)
    assert beyond_what_was_made([INDIA_TO_GERMANY], goods) == said


CLEARED = came(1, "IN", "DE", 100, customs_reference="MRN 7", customs_documents=frozenset({"DOC-7"}))


@pytest.mark.parametrize(
    ("given", "others", "faults"),
    [
        ({}, [CLEARED], {}),
        ({"reference": "mrn-7"}, [CLEARED], {"reference"}),
        ({"reference": "mrn-7"}, [INDIA_TO_GERMANY], {}),
        ({"reference": "MRN 7", "cleared_with": ["IMP-1"]}, [CLEARED], {}),
        ({"documents": [{"document_id": "DOC-7", "sha256": "0" * 64}]}, [CLEARED], {"documents"}),
        ({"cleared_with": ["IMP-2"]}, [CLEARED], {"cleared_with.0"}),
    ],
)
def test_one_declaration_clears_several_only_if_that_is_said(
    given: dict[str, Any], others: list[Arrival], faults: set[str]
) -> None:
    form = filled(CustomsClearance, **{"reference": "MRN-8", **given})
    if not faults:
        refuse_other_declaration(form, others)
        return
    with pytest.raises(Refused) as refused:
        refuse_other_declaration(form, others)
    assert set(refused.value.refusal.fields) == faults
