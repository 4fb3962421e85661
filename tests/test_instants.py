"""Every instant that the program takes, shows or keeps says its offset: a naive one means another time elsewhere."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, TypeDecorator
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

import activities
import api
import domain
import records
import workflows

HOUSE = (domain, records, activities, workflows, api)


def _load_all() -> None:
    for package in HOUSE:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)


def _below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in kind.__subclasses__():
        yield model
        yield from _below(model)


_load_all()
MODELS = sorted(
    {
        model
        for model in _below(BaseModel)
        if model.__module__.partition(".")[0] in {package.__name__ for package in HOUSE}
        and not issubclass(model, SQLModel)
    },
    key=lambda model: (model.__module__, model.__qualname__),
)
COLUMNS = [
    column
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, DateTime)
    or (isinstance(column.type, TypeDecorator) and isinstance(column.type.impl_instance, DateTime))
]


def naive_fields(model: type[BaseModel]) -> list[str]:
    """The fields that an instant without offset passes. Models inside a field are looked at by themselves."""
    schema: Any = model.__pydantic_core_schema__
    while schema["type"] != "model-fields":
        schema = schema["schema"]
    return sorted(name for name, field in schema["fields"].items() if _takes_naive(field))


def _takes_naive(schema: Any) -> bool:
    if isinstance(schema, list | tuple):
        return any(_takes_naive(part) for part in schema)
    if not isinstance(schema, dict) or schema.get("type") in {"model", "dataclass"}:
        return False
    if schema.get("type") == "datetime":
        return schema.get("tz_constraint") != "aware"
    return any(_takes_naive(part) for key, part in schema.items() if key not in {"metadata", "serialization"})


def test_no_field_takes_an_instant_without_offset() -> None:
    assert {
        f"{model.__module__}.{model.__qualname__}": found for model in MODELS if (found := naive_fields(model))
    } == {}


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_no_column_takes_an_instant_without_offset(column: Column[Any]) -> None:
    assert isinstance(column.type, UTCDateTime)
