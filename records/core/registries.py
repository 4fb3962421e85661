"""What contexts declare for the engine: checks, openers, suggestions, projectors, reactions, answers.

A registry is filled while the modules of the contexts are imported, then sealed. Before that nothing can be looked up,
afterwards nothing can be declared: a context that was not imported must never mean that its forms go unchecked.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Generic, TypeVar

from domain.core.facts import Fact, StandingFact
from domain.core.forms import Form, Forms, Process

K = TypeVar("K")
V = TypeVar("V")
Row = Callable[..., Awaitable[Any]]


class Misdeclared(Exception):
    """The program is put together wrongly. It must not start."""


class Table(Generic[K, V]):
    """One value for each key, declared once."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._rows: dict[K, V] = {}
        self._sealed = False

    def declare(self, key: K, value: V) -> None:
        """Add a value. Raises `Misdeclared` if the key has one, or if the table is sealed."""
        self._refuse_if_sealed(key)
        if key in self._rows:
            raise Misdeclared(f"{self._what} of {named(key)} is declared twice.")
        self._rows[key] = value

    def find(self, key: K) -> V | None:
        """The value, or `None` where none was declared: having none is an answer here. Raises before sealing."""
        self._refuse_unless_sealed(key)
        return self._rows.get(key)

    def __getitem__(self, key: K) -> V:
        """The value. Raises `Misdeclared` if there is none, or before sealing."""
        self._refuse_unless_sealed(key)
        if key not in self._rows:
            raise Misdeclared(f"{self._what} of {named(key)} was not declared.")
        return self._rows[key]

    @property
    def known(self) -> frozenset[K]:
        """What something was declared for, so far."""
        return frozenset(self._rows)

    def declared(self, key: K) -> V:
        """What was declared for a key so far, for the check that comes before sealing."""
        return self._rows[key]

    def seal(self) -> None:
        """No declaration from here on."""
        self._sealed = True

    def _refuse_if_sealed(self, key: K) -> None:
        if self._sealed:
            raise Misdeclared(f"{self._what} of {named(key)} is declared too late: the registries are sealed.")

    def _refuse_unless_sealed(self, key: K) -> None:
        if not self._sealed:
            raise Misdeclared(f"{self._what} of {named(key)} is looked up before the registries are sealed.")


class Sequences(Generic[K, V]):
    """Any number of values for each key, in a stated order that does not depend on the order of imports."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._places: dict[K, dict[int, V]] = {}
        self._rows: dict[K, tuple[V, ...]] | None = None

    def declare(self, key: K, value: V, order: int) -> None:
        """Add a value. Raises `Misdeclared` if another has this place in the order, or if all is sealed."""
        if self._rows is not None:
            raise Misdeclared(f"{self._what} of {named(key)} are declared too late: the registries are sealed.")
        places = self._places.setdefault(key, {})
        if order in places:
            both = f"{named(places[order])} and {named(value)}"
            raise Misdeclared(f"{self._what} of {named(key)}: {both} have place {order}; say which comes first.")
        places[order] = value

    def of(self, key: K) -> tuple[V, ...]:
        """The values in their order; none is an answer here. Raises `Misdeclared` before sealing."""
        if self._rows is None:
            raise Misdeclared(f"{self._what} of {named(key)} are looked up before the registries are sealed.")
        return self._rows.get(key, ())

    @property
    def known(self) -> frozenset[K]:
        """What something was declared for."""
        return frozenset(self._places)

    def count(self, key: K) -> int:
        """How many values a key has."""
        return len(self._places.get(key, ()))

    def seal(self) -> None:
        """No declaration from here on."""
        self._rows = {key: tuple(places[each] for each in sorted(places)) for key, places in self._places.items()}


class Registries:
    """All that contexts declare. The journal is given them sealed."""

    def __init__(self) -> None:
        self.checks: Table[type[Form], Row] = Table("The check")
        self.openers: Table[type[Form], Row] = Table("The opener")
        self.opened: Table[type[Form], Row] = Table("What follows from the opening")
        """What becomes true once a case is opened by a form."""
        self.suggestions: Table[type[Form], Row] = Table("The suggestion")
        self.due_days: Table[type[Form], Row] = Table("The due day")
        self.event_checks: Table[str, Row] = Table("The check")
        self.streams_above: Table[tuple[str, str], Row] = Table("What is locked")
        """By the prefix of the case and the action."""
        self.deciders: Table[Process, Row] = Table("The decider")
        """Who decides in cases of a process, by their markets."""
        self.deciders_on: Table[type[Form], Row] = Table("The decider")
        """Who takes a step that is about less than its case, by its form."""
        self.shown: Table[Process, tuple[str, Row]] = Table("What is shown")
        """The field of the view of a case, and what fills it."""
        self.projectors: Sequences[str, Row] = Sequences("The projectors")
        self.reactions: Sequences[type, Row] = Sequences("The reactions")
        self.protective: set[Row] = set()
        """The reactions that follow as well where a fact of an older version is taken up."""
        self.facts: dict[str, type[Fact]] = {}
        """Every kind of fact by its name, once sealed."""
        self.standing: Table[type[Fact], Row] = Table("What holds")
        """What finds the facts of a kind that hold already."""
        self.afterwards: Sequences[str, Row] = Sequences("The last steps")
        self.dates: Sequences[str, Row] = Sequences("The looks of the standing clock")
        self.answers: Sequences[type, Row] = Sequences("The answers")
        self.conditions: Sequences[type, Callable[..., Any]] = Sequences("The conditions")
        self.questions: Table[type, bool] = Table("Whether one answer is wanted")
        self.forms = Forms()
        """All forms of the program, once sealed."""

    def seal(self, forms: Iterable[type[Form]], facts: Iterable[type[Fact]] = ()) -> None:
        """End the declaring. Raises `Misdeclared` naming every form that would go unchecked, and every inert fact.

        Each form has a check (an opener, if it requests a case), or says by `unchecked` why there is nothing to check.
        Something follows from each fact, and each that stands is found where it holds already. A question has an
        answer, and no second one if it wants exactly one.
        """
        facts = tuple(facts)
        faults = [fault for form in forms if (fault := self._fault_of(form))]
        faults += [fault for question in self.questions.known if (fault := self._fault_of_question(question))]
        faults += [f"Nothing follows from {named(fact)}." for fact in facts if not self.reactions.count(fact)]
        faults += [
            f"{named(fact)} stands, and nobody finds those that hold in an older database."
            for fact in facts
            if issubclass(fact, StandingFact) and fact not in self.standing.known
        ]
        if faults:
            raise Misdeclared(" ".join(sorted(faults)))
        for table in vars(self).values():
            if isinstance(table, Table | Sequences):
                table.seal()
        self.forms = Forms(*forms)
        self.facts = {fact.__name__: fact for fact in facts}

    def _fault_of(self, form: type[Form]) -> str:
        is_checked = form in (self.openers if form.action.starts else self.checks).known
        if is_checked and form.action.unchecked:
            return f"{named(form)} is checked, and says that it is not."
        undecided = [each for each in Process if form.action.belongs_to(each) and each not in self.deciders.known]
        if form.action.by_market and undecided:
            return f"{named(form)} is the decider's of the markets, and nobody says who that is in {undecided[0]}."
        if not is_checked and not form.action.unchecked:
            return f"{named(form)} has neither {'an opener' if form.action.starts else 'a check'} nor unchecked=."
        return ""

    def _fault_of_question(self, question: type) -> str:
        count = self.answers.count(question) + self.conditions.count(question)
        if count == 0:
            return f"{named(question)} is answered by nobody."
        if count > 1 and self.questions.declared(question):
            return f"{named(question)} has {count} answers and wants one."
        return ""


def named(key: object) -> str:
    """How messages name what something was declared for, or a function that was declared."""
    return str(getattr(key, "__qualname__", key))


DECLARED = Registries()
"""Where modules declare as they are imported. Sealed by the one module that imports them all."""
