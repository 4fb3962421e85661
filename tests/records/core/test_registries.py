"""What contexts declare, and what the program refuses to start with."""

from typing import Any

import pytest

from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.by_hand import GateClosed
from domain.batch.facts.decisions import BatchRejected
from domain.core.case_actions import Extension, Hold, Resume
from domain.core.facts import kinds_of
from domain.core.forms import Form
from domain.processes import FORMS
from domain.qualification.request import QualificationRequest, Withdrawal
from records.contexts import load
from records.core.registries import Misdeclared, Registries
from tests.records.databases import on_one_database
from tests.records.seeded import Seeded


async def anything(*_: Any) -> Any:
    return {}


async def another(*_: Any) -> Any:
    return {}


def holding(*checked: type[Form]) -> Registries:
    registries = Registries()
    for form in checked:
        registries.checks.declare(form, anything)
    return registries


def test_what_is_looked_up_before_all_contexts_are_known_is_refused() -> None:
    registries = holding(Hold)
    with pytest.raises(Misdeclared, match=r"check of Hold is looked up before"):
        registries.checks[Hold]
    with pytest.raises(Misdeclared, match=r"suggestion of Hold is looked up before"):
        registries.suggestions.find(Hold)
    with pytest.raises(Misdeclared, match=r"projectors of case.moved are looked up before"):
        registries.projectors.of("case.moved")


def test_what_is_declared_too_late_is_refused() -> None:
    registries = holding(Hold)
    registries.seal([Hold])
    with pytest.raises(Misdeclared, match="Resume is declared too late"):
        registries.checks.declare(Resume, anything)
    with pytest.raises(Misdeclared, match=r"case.moved are declared too late"):
        registries.projectors.declare("case.moved", anything, 0)


def test_a_form_has_one_check() -> None:
    registries = holding(Hold)
    with pytest.raises(Misdeclared, match="The check of Hold is declared twice"):
        registries.checks.declare(Hold, another)


def test_projectors_of_one_type_say_which_comes_first() -> None:
    registries = Registries()
    registries.projectors.declare("case.moved", anything, 0)
    with pytest.raises(Misdeclared, match="anything and another have place 0"):
        registries.projectors.declare("case.moved", another, 0)
    registries.projectors.declare("case.moved", another, -1)
    registries.seal([])
    assert registries.projectors.of("case.moved") == (another, anything)
    assert registries.projectors.of("case.closed") == ()


def test_every_form_that_would_go_unchecked_is_named() -> None:
    with pytest.raises(Misdeclared) as refused:
        holding(Hold).seal([Hold, Extension, Resume, QualificationRequest, Withdrawal])
    assert str(refused.value) == (
        "Extension has neither a check nor unchecked=. "
        "QualificationRequest has neither an opener nor unchecked=. "
        "Resume has neither a check nor unchecked=."
    )


def test_a_form_is_not_both_checked_and_unchecked() -> None:
    with pytest.raises(Misdeclared, match="Withdrawal is checked, and says that it is not"):
        holding(Withdrawal).seal([Withdrawal])


def test_after_a_refusal_nothing_is_sealed() -> None:
    registries = Registries()
    with pytest.raises(Misdeclared):
        registries.seal([Hold])
    registries.checks.declare(Hold, anything)
    registries.seal([Hold])
    assert registries.checks[Hold] is anything


def test_a_check_that_is_missing_is_no_absence_of_a_check() -> None:
    registries = Registries()
    registries.seal([])
    with pytest.raises(Misdeclared, match="The check of Hold was not declared"):
        registries.checks[Hold]


def test_the_program_is_composed_once() -> None:
    assert load() is load()
    checked, opened = load().checks.known, load().openers.known
    assert {form for form in FORMS if not form.action.unchecked} == checked | opened


@on_one_database
async def test_what_a_person_records_is_never_written_unchecked(seeded: Seeded) -> None:
    with pytest.raises(Misdeclared, match=r"The check of site\.renamed was not declared"):
        await seeded.write("site.renamed", "VM-02", {}, by=await seeded.actor("ines"))
    assert await seeded.events("VM-02", "site.renamed") == []


def test_a_fact_from_which_nothing_follows_is_named() -> None:
    registries = Registries()
    registries.reactions.declare(LearnedOfBatch, anything, 0)
    with pytest.raises(Misdeclared, match=r"^Nothing follows from GateClosed\.$"):
        registries.seal([], [LearnedOfBatch, GateClosed])


def test_a_fact_that_stands_and_is_not_found_in_older_databases_is_named() -> None:
    registries = Registries()
    registries.reactions.declare(BatchRejected, anything, 0)
    with pytest.raises(Misdeclared, match=r"^BatchRejected stands, and nobody finds those that hold in an older"):
        registries.seal([], [BatchRejected])


def test_something_follows_from_every_fact_of_the_business() -> None:
    facts = [fact for fact in kinds_of() if fact.__module__.startswith("domain.")]
    assert len(facts) > 15
    assert [fact.__name__ for fact in facts if not load().reactions.of(fact)] == []
