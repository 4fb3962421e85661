"""Who answers for work at a site, as an agreement says it."""

from typing import Any

import pytest

from domain.agreement.confirmations import (
    ConfirmationArticle,
    ConfirmedBy,
    confirmation_faults,
    cover_of,
    refuse_other_sites,
)
from domain.site.site import Activity
from tests.domain.filling import faults, filled

PACKING, PRESSING = Activity.PACKAGING, Activity.DRUG_PRODUCT


def an_article(**given: Any) -> ConfirmationArticle:
    return filled(ConfirmationArticle, given)


def test_where_an_agreement_says_nothing_the_sites_own_confirms() -> None:
    other = an_article(work=[PRESSING], confirmed_by="CERTIFIER")
    assert cover_of((), PACKING, "PK-01") == (ConfirmedBy.SITE, "PK-01", None, "")
    assert cover_of((other,), PACKING, "PK-01") == (ConfirmedBy.SITE, "PK-01", None, "")


def test_an_article_that_names_the_work_counts_before_one_for_all() -> None:
    rest = an_article(article="5.1", confirmed_by="CERTIFIER")
    packing = an_article(article="5.2", work=[PACKING], confirmed_by="OTHER_SITE", site="TB-01")
    assert cover_of((rest, packing), PACKING, "PK-01")[:3] == (ConfirmedBy.OTHER_SITE, "TB-01", "5.2")
    assert cover_of((rest, packing), PRESSING, "PK-01")[:3] == (ConfirmedBy.CERTIFIER, None, "5.1")


@pytest.mark.parametrize(
    ("articles", "wrong"),
    [
        ([{}], set()),
        ([{"confirmed_by": "OTHER_SITE"}], {"confirmations.0.site"}),
        ([{"site": "TB-01"}], {"confirmations.0.site"}),
        ([{"work": [PACKING]}, {"work": [PRESSING]}, {}], set()),
        ([{"work": [PACKING]}, {"work": [PRESSING, PACKING]}], {"confirmations.1.work"}),
        ([{}, {"article": "5.3"}], {"confirmations.1.work"}),
    ],
)
def test_no_work_is_given_to_two(articles: list[dict[str, Any]], wrong: set[str]) -> None:
    assert set(confirmation_faults(tuple(an_article(**each) for each in articles))) == wrong


def test_another_site_is_registered_and_another_one() -> None:
    named = {0: "TB-01", 1: "PK-01", 2: "XX-99"}
    wrong = faults(lambda: refuse_other_sites(named, own="PK-01", known=["TB-01", "PK-01"]))
    assert wrong == {"terms.confirmations.1.site", "terms.confirmations.2.site"}
