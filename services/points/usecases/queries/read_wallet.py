"""Reads what a member owns, expiry and pending judged for a business date and a moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from chassis.database import Database
from services.points.directory import Directory
from services.points.domain.assets import Asset
from services.points.domain.lot import Lot, LotKey, has_expired, spendable, spending_order
from services.points.domain.wallet import Wallet
from services.points.gathering import Gathering
from services.points.storage.locked_books import read_wallets
from services.points.storage.queries.ledger_queries import LedgerQueries

_VALUES = (Asset.POINTS, Asset.PRINCIPAL, Asset.BONUS)


@dataclass(frozen=True, slots=True)
class WalletView:
    """What can be spent, what cannot yet, what is set aside; lots in spending order."""

    member_id: str
    points: int = 0
    principal_fen: int = 0
    bonus_fen: int = 0
    pending_points: int = 0
    held_points: int = 0
    held_fen: int = 0
    debt_points: int = 0
    frozen_reason: str = ""
    merged_into: str = ""
    card_type: str = ""
    lots: list[Lot] = field(default_factory=list)
    held: Mapping[LotKey, int] = field(default_factory=dict)


class WalletReader:
    """Reads wallets, for those who wait together with one query in one snapshot.

    Over lines alone, so that slow questions keep nobody waiting.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._gathering = Gathering(self._read_batch)

    async def read(self, member_id: str) -> Wallet | None:
        """A wallet with its open lots and holds, not to be changed; None when there is none."""
        return await self._gathering.ask(member_id)

    async def _read_batch(self, member_ids: Sequence[str]) -> Sequence[Wallet | None]:
        async with self._database.line() as line:
            wallets = await read_wallets(line.driver, member_ids)
        with_holds = [wallet.member_id for wallet in wallets.values() if wallet.open_holds]
        if with_holds:
            # Lots and holds in two statements must be of one moment.
            async with self._database.driver_transaction(snapshot=True) as tx:
                wallets |= await LedgerQueries(tx.connection).wallets(with_holds)
        return [wallets.get(member_id) for member_id in member_ids]


async def read_wallet(
    reader: WalletReader,
    directory: Directory,
    member_id: str,
    *,
    business_date: date,
    now: datetime,
) -> WalletView:
    """The wallet of a member, an empty one when nothing was ever posted; NotFound UNKNOWN_MEMBER.

    Whoever has a wallet is a member: only of others is it asked.
    """
    wallet = await reader.read(member_id)
    if wallet is None:
        await directory.require_known({member_id})
        return WalletView(member_id)
    return view_of(wallet, business_date=business_date, now=now)


def view_of(wallet: Wallet, *, business_date: date, now: datetime) -> WalletView:
    """The wallet as it is for a business date; lots that have expired are not shown."""
    lots = [lot for lot in wallet.lots.values() if not has_expired(lot, business_date)]
    held = wallet.held(now) if wallet.holds else {}
    free = dict.fromkeys(_VALUES, 0)
    pending_points = 0
    for lot in lots:
        if lot.asset not in free:
            continue
        if spendable(lot, business_date, now):
            set_aside = held.get(lot.key, 0) if held else 0
            free[lot.asset] += max(0, lot.remaining - set_aside)
        elif lot.asset is Asset.POINTS:  # what is open and has not expired is pending
            pending_points += lot.remaining

    def held_of(assets: Iterable[Asset]) -> int:
        return sum(amount for key, amount in held.items() if wallet.lots[key].asset in assets)

    return WalletView(
        member_id=wallet.member_id,
        points=free[Asset.POINTS],
        principal_fen=free[Asset.PRINCIPAL],
        bonus_fen=free[Asset.BONUS],
        pending_points=pending_points,
        held_points=held_of([Asset.POINTS]),
        held_fen=held_of([Asset.PRINCIPAL, Asset.BONUS]),
        debt_points=wallet.debt_points,
        frozen_reason=wallet.frozen_reason or "",
        merged_into=wallet.merged_into or "",
        card_type=wallet.card_type,
        lots=spending_order(lots),
        held=held,
    )
