"""The programmes that this process knows: read at the start, and again every few seconds."""

from chassis.database import Database
from services.points.domain.programme import Programmes


class ProgrammeSource:
    """Keeps the versions of the programme in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.current = Programmes()
