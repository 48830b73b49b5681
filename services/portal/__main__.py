"""`python -m services.portal serve`: the web sites."""

from chassis.service import main
from services.portal.bootstrap import build
from services.portal.settings import Settings

if __name__ == "__main__":
    main("portal", Settings, build)
