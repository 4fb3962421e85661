"""Changing a master record: what is given is changed, what is left out stays, and there is always a reason."""

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from domain.core.forms import Form
from domain.core.text import Text


class Difference(BaseModel):
    """One field of a record before and after (21 CFR 11.10(e): a change must not obscure what was recorded before)."""

    model_config = ConfigDict(frozen=True)

    field: str
    old: JsonValue
    new: JsonValue


class Change(Form):
    """A change of a master record. `emptied` names the fields that may be set to null."""

    emptied: ClassVar[frozenset[str]] = frozenset()

    reason: Text = Field(examples=["The site has told us."])
    """Why, for the audit trail."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        given = self.model_fields_set - {"reason"}
        if not given:
            raise ValueError("Give at least one field to change.")
        for name in sorted(given - self.emptied):
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be emptied.")
        return self

    def given(self) -> dict[str, JsonValue]:
        """The fields to change, by name."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"reason"})


def differences(old: dict[str, JsonValue], new: dict[str, JsonValue]) -> list[Difference]:
    """What `new` changes in `old`, by field name, sorted."""
    return [
        Difference(field=name, old=old.get(name), new=new[name]) for name in sorted(new) if old.get(name) != new[name]
    ]
