"""`python -m services.inventory serve | migrate | redrive | settings`."""

from chassis.service import main
from services.inventory.bootstrap import build
from services.inventory.settings import Settings

if __name__ == "__main__":
    main("inventory", Settings, build)
