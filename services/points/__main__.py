"""`python -m services.points serve | migrate | redrive | settings`."""

from chassis.service import main
from services.points.bootstrap import build
from services.points.settings import Settings

if __name__ == "__main__":
    main("points", Settings, build)
