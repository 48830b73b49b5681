"""Conditions over lists as one array parameter: one statement for any length."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, all_, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY


def is_any_of(column: Column[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """column = ANY(values)."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def is_none_of(column: Column[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """column <> ALL(values)."""
    return column != all_(literal(list(values), ARRAY(column.type)))
