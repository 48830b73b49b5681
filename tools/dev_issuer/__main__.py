"""`python -m tools.dev_issuer`: the development issuer on loopback."""

import logging
import sys

import uvicorn
from pydantic import ValidationError

from tools.dev_issuer.app import build_app
from tools.dev_issuer.keys import load_or_create
from tools.dev_issuer.settings import IssuerSettings
from tools.local_stack.servers import port_is_taken


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    try:
        settings = IssuerSettings()
    except ValidationError as error:
        sys.exit(f"settings are not usable: {error}")
    if port_is_taken(settings.issuer_port):
        sys.exit(f"port {settings.issuer_port} is taken; set YIKA_ISSUER_PORT to a free one")
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    key = load_or_create(settings.state_dir, issuer=settings.issuer_url)
    logging.getLogger("yika.dev_issuer").warning(
        "DEVELOPMENT ONLY: the passwords of this issuer are public; issuer %s", settings.issuer_url
    )
    uvicorn.run(
        build_app(settings, key),
        host="127.0.0.1",
        port=settings.issuer_port,
        access_log=False,  # a query string holds state and nonce of a sign-in
        log_level="warning",
    )


if __name__ == "__main__":
    main()
