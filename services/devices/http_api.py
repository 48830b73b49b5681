"""The LAN API of the gateway, for the till page and registers. OpenAPI at /openapi.json."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Query, Response

from chassis.auth import OwnToken
from chassis.clock import utc_now
from chassis.errors import DomainError, Unauthenticated
from chassis.http_errors import install_problem_handlers
from chassis.ids import canonical_id
from chassis.paging import decode_page_token, encode_page_token, page_size
from services.devices import http_messages as messages
from services.devices import presenters
from services.devices.gateway import Gateway
from services.devices.metrics import SALES
from services.devices.storage.catalogue_repository import (
    CATALOGUE,
    MEMBER_STUBS,
    CatalogueRepository,
    SyncPosition,
)
from services.devices.storage.journal_repository import State
from services.devices.usecases.price_basket import find_product, quote_basket
from services.devices.usecases.read_journal import list_sales, read_sale, verify_journal
from services.devices.usecases.reprint_receipt import ReprintReceipt, reprint_receipt
from services.devices.usecases.retry_sale import retry_sale
from services.devices.usecases.sell import sell


def build_app(gateway: Gateway, register_token: OwnToken | None) -> FastAPI:
    """The app over a gateway. Writes need the register token when one is set."""
    app = FastAPI(
        title="Yika store gateway",
        version="1",
        description="Sells from the store's own file, online or offline.",
        # The documentation pages load scripts from outside, which a store may not reach.
        docs_url=None,
        redoc_url=None,
    )
    install_problem_handlers(app)
    writes = [Depends(_token_check(register_token))]
    _add_selling(app, gateway, writes)
    _add_reading(app, gateway)
    return app


def _add_selling(app: FastAPI, gateway: Gateway, writes: Sequence[Any]) -> None:
    @app.post("/quotes")
    async def quote(request: messages.BasketRequest) -> messages.QuoteAnswer:
        """Prices a basket and sells nothing."""
        return presenters.quote_answer(await quote_basket(gateway.database, request.to_basket()))

    @app.post("/sales", status_code=201, dependencies=writes)
    async def post_sale(request: messages.SaleRequest, response: Response) -> messages.SaleAnswer:
        """Sells a basket once: 201 the first time, 200 with `replayed` for every retry."""
        try:
            sold = await sell(gateway.database, gateway.store, request.to_command(), now=utc_now())
        except DomainError:
            SALES.labels("refused").inc()
            raise
        if sold.replayed:
            response.status_code = 200
        else:
            gateway.journal_changed()
        SALES.labels("replayed" if sold.replayed else "sold").inc()
        return presenters.sale_answer(sold.row, replayed=sold.replayed)

    @app.post("/sales/{sale_id}/reprint", status_code=201, dependencies=writes)
    async def reprint(
        sale_id: str, request: messages.ReprintRequest, response: Response
    ) -> messages.PrintJobAnswer:
        """Prints one more copy, marked 补打; the same job_id never prints a second one."""
        command = ReprintReceipt(
            canonical_id(request.job_id, "job_id"), canonical_id(sale_id, "sale_id")
        )
        done = await reprint_receipt(gateway.database, gateway.store, command, now=utc_now())
        if done.replayed:
            response.status_code = 200
        else:
            gateway.journal_changed()
        return presenters.print_job_answer(done.job, replayed=done.replayed)

    @app.post("/sales/{sale_id}/retry", dependencies=writes)
    async def retry(sale_id: str) -> messages.SaleAnswer:
        """Hands a parked sale to headquarters again."""
        row = await retry_sale(gateway.database, canonical_id(sale_id, "sale_id"))
        gateway.journal_changed()
        return presenters.sale_answer(row)


def _add_reading(app: FastAPI, gateway: Gateway) -> None:
    @app.get("/products")
    async def product(
        barcode: Annotated[str, Query(min_length=1, max_length=64)],
    ) -> messages.ProductAnswer:
        """The product that a barcode sells."""
        return presenters.product_answer(await find_product(gateway.database, barcode))

    @app.get("/sales")
    async def sales(state: State, limit: int = 0, page_token: str = "") -> messages.SalesAnswer:
        """Sales in one state, oldest first. `limit` is 1 to 500; 50 when 0."""
        size = page_size(limit, default=50, maximum=500)
        after = decode_page_token(page_token, int)
        rows = await list_sales(gateway.database, state, int(after[0]) if after else 0, size)
        token = encode_page_token(rows[-1].position) if len(rows) == size else ""
        return messages.SalesAnswer(
            sales=[presenters.sale_answer(row) for row in rows], next_page_token=token
        )

    @app.get("/sales/{sale_id}")
    async def sale(sale_id: str) -> messages.SaleDetailAnswer:
        """One sale with its print jobs."""
        return presenters.sale_detail_answer(
            *await read_sale(gateway.database, canonical_id(sale_id, "sale_id"))
        )

    @app.get("/journal/verification")
    async def verification() -> messages.VerificationAnswer:
        """Proves that no sale is missing or changed, register by register."""
        proofs = await verify_journal(gateway.database)
        return messages.VerificationAnswer(
            intact=all(proof.broken_at is None for proof in proofs),
            registers=[
                messages.RegisterProofAnswer(
                    register_id=proof.register_id,
                    sales=proof.sales,
                    last_hash=proof.last_hash,
                    problem=proof.broken_at.problem if proof.broken_at else "",
                    broken_sequence=proof.broken_at.sequence if proof.broken_at else None,
                )
                for proof in proofs
            ],
        )

    @app.get("/status")
    async def status() -> messages.StatusAnswer:
        """How old the catalogue is, what waits, and when headquarters last answered."""
        return await _status(gateway, utc_now())


async def _status(gateway: Gateway, now: datetime) -> messages.StatusAnswer:
    backlog = await gateway.backlog()
    catalogue, stubs = await gateway.database.read(
        lambda connection: [
            CatalogueRepository(connection).position(source) for source in (CATALOGUE, MEMBER_STUBS)
        ]
    )
    return messages.StatusAnswer(
        store_id=gateway.store.store_id,
        store_name=gateway.store.name,
        register_ids=sorted(gateway.store.register_ids),
        catalogue=_source(catalogue, now),
        member_stubs=_source(stubs, now),
        pending_uploads=backlog.pending,
        oldest_pending_time=backlog.oldest_pending_at,
        parked=backlog.parked,
        last_headquarters_contact=gateway.contact.answered_at,
        headquarters_failures=dict(gateway.contact.failures),
        disk_free_bytes=gateway.disk_free_bytes(),
    )


def _source(position: SyncPosition, now: datetime) -> messages.SourceAnswer:
    completed_at = position.completed_at
    return messages.SourceAnswer(
        revision=position.revision,
        completed_time=completed_at,
        age_seconds=(now - completed_at).total_seconds() if completed_at else None,
    )


def _token_check(register_token: OwnToken | None) -> Callable[[str], Awaitable[None]]:
    async def check(authorization: Annotated[str, Header()] = "") -> None:
        if register_token is None:
            return
        given = authorization.removeprefix("Bearer ").strip()
        if not given:
            raise Unauthenticated("TOKEN_MISSING", "this needs the store's register token")
        expected = register_token.get()
        # An emptied file must close the door, not open it.
        if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
            raise Unauthenticated("TOKEN_INVALID", "this is not the store's register token")

    return check
