"""The composition root of the gateway: the only file that knows every part."""

from chassis.auth import OwnToken
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.service import Parts
from services.devices.domain.store import Store
from services.devices.gateway import Gateway
from services.devices.headquarters import Headquarters
from services.devices.http_api import build_app
from services.devices.settings import Settings
from services.devices.storage.local_database import LocalDatabase
from services.devices.storage.spool import Spool


async def build(settings: Settings, database: Database | None) -> Parts:
    """Wires the gateway. It opens its own file and needs no server to start."""
    if database is not None:
        raise Unavailable(
            "DATABASE_NOT_WANTED", "the gateway keeps its own file; unset YIKA_DATABASE_URL"
        )
    store = Store(
        store_id=settings.store_id,
        name=settings.store_name,
        register_ids=frozenset(settings.register_ids),
        tender_kinds=frozenset(settings.tender_kinds),
        day_ends_at_hour=settings.day_ends_at_hour,
        receipt_columns=settings.receipt_columns,
    )
    local = LocalDatabase(settings.data_dir)
    spool = Spool(settings.data_dir / "spool")
    headquarters = Headquarters(settings, OwnToken(settings.token_file).get)
    gateway = Gateway(settings, store, local, spool, headquarters)
    token_file = settings.register_token_file
    return Parts(
        http_app=build_app(gateway, OwnToken(token_file) if token_file else None),
        background=gateway.loops(),
        readiness={"journal": gateway.check_writable},
        closers=[headquarters.close, local.close],
    )
