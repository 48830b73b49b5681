"""python -m services.reports serve | migrate | redrive | settings."""

from chassis.service import main
from services.reports.bootstrap import build
from services.reports.settings import Settings

if __name__ == "__main__":
    main("reports", Settings, build)
