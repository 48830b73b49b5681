"""python -m services.devices serve: the gateway of one store."""

from chassis.service import main
from services.devices.bootstrap import build
from services.devices.settings import Settings

if __name__ == "__main__":
    main("devices", Settings, build)
