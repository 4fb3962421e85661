"""While the case of a batch is on hold its clocks stop; what protects, rejects or reports never waits (law 4)."""

from domain.batch.disposition import SiteDisposition, SiteVerdict
from domain.core.forms import Decision
from domain.release.batch_forms import FORMS_OF_A_BATCH
from tests.domain.filling import filled

WAIT = {
    "start", "finish", "correct-manufacture", "extend-shelf-life", "close-deviation", "assess-departure",
    "state-departure-filing", "oos-laboratory", "oos-own-laboratory", "compare-results", "decide-resampling",
    "oos-investigation", "package", "request-record", "provide-record", "review-results", "review-record",
    "review-process", "arrange-quarantine", "green-light", "propose-use-at-risk", "assess-rework", "request-exception",
    "propose-supply-exception",
    "lift-hold", "review-hold", "review-long-hold",
}  # fmt: skip
"""What goes on with the batch, or permits something."""


def test_only_what_goes_on_or_permits_waits_while_a_batch_is_on_hold() -> None:
    waiting = {form.action.name for form in FORMS_OF_A_BATCH if not form.may_be_taken_on_hold()}
    assert waiting - {"request"} == WAIT
    assert all(form.may_be_taken_on_hold() for form in FORMS_OF_A_BATCH if issubclass(form, Decision))


def test_a_site_rejects_while_the_case_is_on_hold_and_does_not_release() -> None:
    waits = {verdict: filled(SiteDisposition, verdict=verdict).waits_on_hold() for verdict in SiteVerdict}
    assert waits == {SiteVerdict.RELEASED: True, SiteVerdict.REJECTED: False}
