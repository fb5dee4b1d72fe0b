"""What all tables share: the metadata, how constraints are named, and the column types."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from sqlalchemy import BigInteger, Date, DateTime, Enum, Identity, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

# Named by rule, so that a migration can name what it alters and an error says which rule was broken.
NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
"""The internal number of a row; the only kind of number that appears in an address."""

At = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A moment, always aware."""

Cents = Annotated[int, mapped_column(BigInteger)]
"""Money: whole cents, signed."""


def text_enum(members: type[StrEnum], name: str | None = None) -> Enum:
    """A StrEnum kept as text with a CHECK; `name` tells two columns of one enum in one table apart."""
    return Enum(
        members,
        name=name or members.__name__.lower(),
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        # One width for all: a new, longer member must change the CHECK only, never rewrite the column's type.
        length=40,
        values_callable=lambda each: [member.value for member in each],
    )


class Base(DeclarativeBase):
    """All our tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        str: Text,
        int: BigInteger,
        date: Date,
        datetime: DateTime(timezone=True),
    }
