"""What the tables of the ledger are gathered in; tables.py knows all of them."""

from sqlalchemy import MetaData

from chassis.database import NAMING_CONVENTION

metadata = MetaData(naming_convention=NAMING_CONVENTION)
