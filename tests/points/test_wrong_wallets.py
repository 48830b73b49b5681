"""What can be wrong with wallets and moves between them; each request with one thing wrong."""

from collections.abc import Iterator
from typing import Any

from chassis.ids import new_id
from tests.fixtures import good_pass_requests as passes
from tests.fixtures import good_value_requests as good
from tests.fixtures.branch import Branch
from tests.fixtures.wrong_requests import (
    FAILED,
    INVALID,
    NOT_FOUND,
    Change,
    Wrong,
    put,
    refusal_test,
    rows,
    sent_before,
)
from tests.fixtures.wrong_states import again, amounts, by_other, earlier_bills, frozen


def to_itself(field: str) -> Change:
    """Giver and receiver are the same member."""

    def change(branch: Branch, request: Any) -> None:
        setattr(request, field, branch.chain.member_id)

    return change


async def holding(branch: Branch, _: Any) -> None:
    """A hold is open on the member's points."""
    await branch.carried_out(passes.hold)


async def merged(branch: Branch, _: Any) -> None:
    """The member was merged before."""
    await branch.carried_out(good.merge)


def from_empty(branch: Branch, request: Any) -> None:
    """The card of the other member, who has nothing, is to be emptied."""
    by_other(branch, request)
    request.to_member_id = branch.chain.member_id


async def of_another_household(branch: Branch, _: Any) -> None:
    """The members live in another household already."""
    await branch.carried_out(good.household)


def change_rows() -> Iterator[Wrong]:
    for rpc in ("FreezeWallet", "UnfreezeWallet"):
        yield from rows(
            rpc, INVALID, ("INVALID_ID", "a member that is none", put("member_id", "x"))
        )
        yield from rows(
            rpc, NOT_FOUND, ("UNKNOWN_MEMBER", "unknown member", put("member_id", new_id))
        )
    yield from rows(
        "FreezeWallet",
        FAILED,
        (
            "ALREADY_FROZEN",
            "once more",
            sent_before("FreezeWallet", put("header.change_id", new_id)),
        ),
    )
    yield from rows(
        "UnfreezeWallet",
        FAILED,
        ("NOT_FROZEN", "once more", sent_before("UnfreezeWallet", put("header.change_id", new_id))),
    )
    for rpc in ("LinkHousehold", "UnlinkHousehold"):
        yield from rows(
            rpc,
            INVALID,
            ("INVALID_ID", "no household", put("household_id", "")),
            ("INVALID_ID", "a member that is none", put("member_ids", ["x"])),
            ("INVALID_MEMBERS", "no member", put("member_ids", ())),
            ("INVALID_MEMBERS", "a member twice", put("member_ids", [new_id()] * 2)),
            ("INVALID_MEMBERS", "21 members", put("member_ids", [new_id() for _ in range(21)])),
        )
        yield from rows(
            rpc, NOT_FOUND, ("UNKNOWN_MEMBER", "unknown member", put("member_ids", [new_id()]))
        )
    yield from rows(
        "LinkHousehold",
        FAILED,
        ("IN_ANOTHER_HOUSEHOLD", "members of another", of_another_household),
    )
    yield from rows(
        "UnlinkHousehold",
        FAILED,
        ("NOT_IN_HOUSEHOLD", "another household", put("household_id", new_id)),
    )


def move_rows() -> Iterator[Wrong]:
    receivers = {
        "MergeMembers": "into_member_id",
        "TransferCard": "to_member_id",
        "TransferPoints": "to_member_id",
    }
    nobody = ("STAFF_REQUIRED", "nobody who does it", put("header.staff_id", ""))
    for rpc, receiver in receivers.items():
        yield from rows(
            rpc,
            INVALID,
            ("INVALID_ID", "a receiver that is none", put(receiver, "x")),
            ("SAME_MEMBER", "to the giver", to_itself(receiver)),
            nobody,
        )
        yield from rows(
            rpc, NOT_FOUND, ("UNKNOWN_MEMBER", "unknown receiver", put(receiver, new_id))
        )
        yield from rows(rpc, FAILED, ("WALLET_FROZEN", "a frozen wallet", frozen))
    for rpc in ("MergeMembers", "TransferCard", "UndoMerge"):
        yield from rows(rpc, INVALID, ("REASON_REQUIRED", "no reason", put("header.reason", " ")))
    for rpc in ("MergeMembers", "TransferCard"):
        yield from rows(rpc, FAILED, ("MEMBER_MERGED", "a member who was merged", merged))
    yield from rows("MergeMembers", FAILED, ("HOLDS_OPEN", "value on hold", holding))
    yield from rows("TransferCard", FAILED, ("NOTHING_TO_TRANSFER", "an empty card", from_empty))
    yield from earlier_bills("UndoMerge", "merge_bill_id")
    yield from rows("UndoMerge", INVALID, nobody)
    yield from rows(
        "UndoMerge",
        FAILED,
        ("WRONG_MEMBER", "the merge of another member", by_other),
        ("ALREADY_UNDONE", "once more", again("UndoMerge")),
    )
    yield from rows(
        "TransferPoints",
        INVALID,
        *amounts("points"),
        ("INVALID_ID", "no household", put("household_id", "")),
    )
    yield from rows(
        "TransferPoints",
        FAILED,
        ("NOT_IN_HOUSEHOLD", "another household", put("household_id", new_id)),
        ("INSUFFICIENT_POINTS", "more than there is", put("points", 501)),
        ("DAY_LIMIT_EXCEEDED", "more than the rules allow", put("points", 1_001)),
    )


ROWS = [*change_rows(), *move_rows()]


test_is_refused_with_its_reason = refusal_test(ROWS)
