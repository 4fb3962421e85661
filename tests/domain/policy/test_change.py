from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.core.refusals import Code, Refused
from domain.policy.change import PolicyChange, next_version
from domain.policy.policy import Policy, load

NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def newest() -> Policy:
    return load((Path(__file__).parents[3] / "policy" / "default.yaml").read_text(encoding="utf-8"))


def _change(policy: Policy, effective_from: datetime | None = None) -> PolicyChange:
    return PolicyChange(policy=policy, effective_from=effective_from, reason="Sooner")


@pytest.mark.parametrize("delay", [None, timedelta(0), timedelta(days=30)])
def test_a_version_counts_up_and_begins_now_or_later(newest: Policy, delay: timedelta | None) -> None:
    after = next_version(_change(newest, NOW + delay if delay is not None else None), newest, NOW)
    assert (after.version, after.effective_from) == (newest.version + 1, NOW + (delay or timedelta(0)))


def test_a_change_of_an_older_version_is_refused(newest: Policy) -> None:
    newer = newest.model_copy(update={"version": 5})
    with pytest.raises(Refused) as refused:
        next_version(_change(newest), newer, NOW)
    assert refused.value.refusal.code is Code.VERSION_STALE


@pytest.mark.parametrize(("begun", "wanted"), [(NOW, NOW - timedelta(seconds=1)), (NOW + timedelta(days=9), NOW)])
def test_a_version_takes_effect_neither_in_the_past_nor_before_the_newest(
    newest: Policy, begun: datetime, wanted: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        next_version(_change(newest, wanted), newest.model_copy(update={"effective_from": begun}), NOW)
    assert set(refused.value.refusal.fields) == {"effective_from"}


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("limits", "requalification_opens_before"),
        ("limits", "audit_interval_grace"),
        ("clocks", "requal.grace"),
        ("clocks", "qta.hard_stop"),
    ],
)
def test_what_is_counted_from_days_is_not_given_in_hours(newest: Policy, part: str, name: str) -> None:
    body = newest.model_dump(mode="json")
    body[part][name] = "48h" if part == "limits" else {**body[part][name], "span": "48h"}
    with pytest.raises(Refused) as refused:
        next_version(_change(Policy.model_validate(body)), newest, NOW)
    place = f"policy.limits.{name}" if part == "limits" else f"policy.clocks.{name}.span"
    assert set(refused.value.refusal.fields) == {place}
