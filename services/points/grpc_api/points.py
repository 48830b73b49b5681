"""PointsService: message -> command -> use case -> message."""

from collections.abc import Sequence

import grpc

from chassis.auth import current_principal
from chassis.clock import from_proto_date, utc_now
from chassis.errors import DomainError
from chassis.ids import canonical_id
from chassis.paging import page_size
from services.points.ledger import Ledger
from services.points.messages import presenters
from services.points.messages.dates import asked_day
from services.points.messages.queries.query_requests import read_asset, read_bill_filter
from services.points.pages import canonical_stores
from services.points.usecases.post_bills import Outcome
from services.points.usecases.queries import list_ledger
from services.points.usecases.queries.list_bills import list_member_bills, list_store_bills
from services.points.usecases.queries.read_bill import read_bill
from services.points.usecases.queries.read_statement import read_statement
from services.points.usecases.queries.read_wallet import WalletReader, read_wallet
from services.points.usecases.sales.accept_sales import accept_sales
from yika.points.v1 import points_service_pb2, points_service_pb2_grpc, sale_pb2


class PointsServicer(points_service_pb2_grpc.PointsServiceServicer):
    """The ledger's RPCs. Rules live below; here is only translation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._database = ledger.database
        self._wallets = WalletReader(ledger.database)

    async def PostSale(
        self, request: points_service_pb2.PostSaleRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.PostSaleResponse:
        """Posts one sale or refuses it."""
        outcome = (await self._accept([request.sale]))[0]
        if isinstance(outcome, DomainError):
            raise outcome
        return points_service_pb2.PostSaleResponse(result=presenters.posted_result(outcome))

    async def PostSales(
        self, request: points_service_pb2.PostSalesRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.PostSalesResponse:
        """Posts sales; each stands or fails alone."""
        outcomes = await self._accept(request.sales)
        return points_service_pb2.PostSalesResponse(
            outcomes=[
                presenters.sale_outcome(sale.sale_id, outcome)
                for sale, outcome in zip(request.sales, outcomes, strict=True)
            ]
        )

    async def _accept(self, sales: Sequence[sale_pb2.Sale]) -> list[Outcome]:
        return await accept_sales(
            sales,
            database=self._database,
            door=self._ledger.door,
            directory=self._ledger.directory,
            principal=current_principal(),
            tender_kinds=self._ledger.tender_kinds,
            programmes=await self._ledger.programmes.current(),
            now=utc_now(),
        )

    async def GetWallet(
        self, request: points_service_pb2.GetWalletRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.GetWalletResponse:
        """Reads a member's wallet."""
        member_id = canonical_id(request.member_id, "member_id")
        now = utc_now()
        day = asked_day(request, now)
        wallet = await read_wallet(
            self._wallets, self._ledger.directory, member_id, business_date=day, now=now
        )
        return presenters.wallet_answer(wallet)

    async def ListBalances(
        self, request: points_service_pb2.ListBalancesRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.ListBalancesResponse:
        """Lists the points of all members."""
        current_principal().require_store("*")
        limit = page_size(request.page_size, default=1000, maximum=5000)
        page = await list_ledger.list_balances(self._database, request.page_token, limit)
        return points_service_pb2.ListBalancesResponse(
            balances=[
                points_service_pb2.Balance(member_id=row.member_id, points=row.points)
                for row in page.rows
            ],
            next_page_token=page.next_page_token,
        )

    async def GetBill(
        self, request: points_service_pb2.GetBillRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.GetBillResponse:
        """Reads one bill with all it did."""
        bill_id = canonical_id(request.bill_id, "bill_id")
        view = await read_bill(self._database, current_principal(), bill_id, now=utc_now())
        return presenters.bill_answer(view)

    async def ListBills(
        self, request: points_service_pb2.ListBillsRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.ListBillsResponse:
        """Lists bills by what they have in common."""
        limit = page_size(request.page_size, default=50, maximum=500)
        member_id = canonical_id(request.member_id, "member_id") if request.member_id else ""
        asked = read_bill_filter(request)
        # Without a store they lie in many.
        current_principal().require_store(asked.store_id or "*")
        await self._ledger.require_known({member_id} - {""}, {asked.store_id or ""} - {""})
        if member_id:
            page = await list_member_bills(
                self._database, member_id, asked, request.page_token, limit
            )
        else:
            page = await list_store_bills(self._database, asked, request.page_token, limit)
        return points_service_pb2.ListBillsResponse(
            bills=[presenters.bill_message(row) for row in page.rows],
            next_page_token=page.next_page_token,
        )

    async def GetStatement(
        self, request: points_service_pb2.GetStatementRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.GetStatementResponse:
        """Lists the transfers of one asset of a member."""
        member_id = canonical_id(request.member_id, "member_id")
        limit = page_size(request.page_size, default=50, maximum=500)
        asset, pass_id = read_asset(request.asset, request.pass_id)
        await self._ledger.require_known({member_id})
        page = await read_statement(
            self._database, member_id, asset, pass_id, request.page_token, limit
        )
        return points_service_pb2.GetStatementResponse(
            lines=[presenters.statement_line_message(line) for line in page.rows],
            next_page_token=page.next_page_token,
        )

    async def SummarizeBills(
        self, request: points_service_pb2.SummarizeBillsRequest, _: grpc.aio.ServicerContext
    ) -> points_service_pb2.SummarizeBillsResponse:
        """Counts and sums bills per store and kind."""
        principal = current_principal()
        store_ids = canonical_stores(request.store_ids, "store_ids")
        for store_id in store_ids or ["*"]:
            principal.require_store(store_id)
        await self._ledger.require_known((), store_ids)
        rows = await list_ledger.summarize_bills(
            self._database,
            store_ids,
            from_proto_date(request.from_date, "from_date"),
            from_proto_date(request.to_date, "to_date"),
        )
        return points_service_pb2.SummarizeBillsResponse(
            rows=[presenters.summary_message(row) for row in rows]
        )
