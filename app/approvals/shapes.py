"""What the approval calls of the reference systems take, and what they are answered with."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, field

from app.approvals.definition import DEFAULT_TIMEOUT_MS, YEAR_MS
from app.channels import channels
from app.shapes import Count, Json, Long, Maybe, Moment, Names, PageNumber, Shape, Text, User, described

MAX_PAGE, MAX_PENDING = 200, 1000
ID = "0195f2d4-6c1e-7a30-9f5e-3b1c4d2e5f60"
AT = "2026-11-21T09:30:00.000Z"
STATES = ("pending", "approved", "rejected", "timeout", "escalated", "cancelled")

# A definition may end in a word of its own.
StatusWord = Annotated[str, Meta(examples=list(STATES))]
Priority = Annotated[str, Meta(max_length=40)] | int
TimeoutAction = Literal["approve", "reject", "escalate"]
# What other gates know, and what is set up here as a file.
CHANNELS = list(dict.fromkeys(("email", "web", "in-app", "push", "slack", "sms", "webhook", *channels())))
Channel = Annotated[str, Meta(extra_json_schema={"enum": CHANNELS})]
Seen = Annotated[
    int,
    Meta(
        ge=1,
        le=2**31 - 1,
        description="What the answer that you looked at said here. Where the request was changed since, the call is "
        "answered 409 with what changed. Left out, it stands for the present state.",
    ),
]
Kept = Annotated[Json, Meta(description="Kept in the record beside the decision.")]


class Ask(Shape):
    workflow_id: Text
    title: Text
    job_id: Maybe[Text] = UNSET
    workflow_name: Maybe[Text] = UNSET
    job_name: Maybe[Text] = UNSET
    description: Maybe[Long] = UNSET
    context: Maybe[Annotated[Any, Meta(description="What the approver should know, as the program has it.")]] = UNSET
    context_fields: Maybe[
        Annotated[Names, Meta(description="Which parts of the context to show; all of it when this is left out.")]
    ] = UNSET
    notify_users: Maybe[Annotated[Names, Meta(description="Who is told; those of them who may decide are asked.")]] = (
        UNSET
    )
    notify_roles: Maybe[
        Annotated[Names, Meta(description="Roles or keys of groups, whose members are told likewise.")]
    ] = UNSET
    notify_channels: Maybe[
        Annotated[list[Channel], Meta(description="Where none of them is set up, the message goes by e-mail.")]
    ] = UNSET
    timeout_ms: Maybe[Annotated[int, Meta(ge=1, le=YEAR_MS, extra_json_schema={"default": DEFAULT_TIMEOUT_MS})]] = UNSET
    timeout_action: Maybe[Annotated[TimeoutAction, Meta(extra_json_schema={"default": "reject"})]] = UNSET
    escalate_to_users: Maybe[
        Annotated[Names, Meta(description="Who is asked then; without anybody, the manager of those who were late.")]
    ] = UNSET
    require_min_approvers: Maybe[Annotated[int, Meta(ge=1, le=100, extra_json_schema={"default": 1})]] = UNSET
    require_all_approvers: Maybe[Annotated[bool, Meta(extra_json_schema={"default": False})]] = UNSET
    allowed_approvers: Maybe[Annotated[Names, Meta(description="Who may decide; nobody else is asked.")]] = UNSET
    approval_type: Maybe[
        Annotated[
            Literal["manual", "auto", "conditional"],
            described(
                "auto: approved at once, and recorded. conditional: people decide, as with manual.", default="manual"
            ),
        ]
    ] = UNSET
    reason: Maybe[Annotated[str, Meta(max_length=2000)]] = UNSET
    priority: Maybe[Priority] = UNSET
    metadata: Maybe[Json] = UNSET


class Approve(Shape):
    user_id: Maybe[User] = UNSET
    comment: Maybe[Long] = UNSET
    metadata: Maybe[Kept] = UNSET
    seen: Maybe[Seen] = UNSET


class Reject(Shape):
    reason: Annotated[str, Meta(min_length=1, max_length=10_000)]
    user_id: Maybe[User] = UNSET
    comment: Maybe[Long] = UNSET
    metadata: Maybe[Kept] = UNSET
    seen: Maybe[Seen] = UNSET


class Cancel(Shape):
    user_id: Maybe[User] = UNSET
    reason: Long = ""


class PendingQuery(Shape):
    user_id: Maybe[
        Annotated[
            Text, Meta(description="For whom it waits. Without it: for you, or for anybody where you may see that.")
        ]
    ] = UNSET
    workflow_id: Maybe[Text] = UNSET
    page: PageNumber = 1
    page_size: Annotated[int, Meta(ge=1, le=MAX_PENDING)] = MAX_PENDING


class HistoryQuery(Shape):
    workflow_id: Maybe[Text] = UNSET
    user_id: Maybe[Annotated[Text, Meta(description="Who decided.")]] = UNSET
    status: Maybe[Literal["pending", "approved", "rejected", "timeout", "escalated", "cancelled", "failed"]] = UNSET
    page: PageNumber = 1
    page_size: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 50


When = Annotated[str, Meta(max_length=40, examples=["2026-11-01", "2026-11-01T00:00:00Z"])]


class StatisticsQuery(Shape):
    since: Maybe[Annotated[When, Meta(description="Asked then or later: a day, or a moment with its zone.")]] = field(
        name="from", default=UNSET
    )
    until: Maybe[Annotated[When, Meta(description="Asked then or earlier; a day counts to its end.")]] = field(
        name="to", default=UNSET
    )
    user_id: Maybe[Annotated[Text, Meta(description="Only what this person decided or was asked.")]] = UNSET


class ToldBack(Shape):
    reason: Maybe[str] = UNSET
    priority: Maybe[Priority] = UNSET
    metadata: Maybe[Json] = UNSET


class Standing(ToldBack, kw_only=True):
    id: Annotated[str, Meta(examples=[ID])]
    status: StatusWord
    created_at: Moment
    expires_at: Moment | None
    expired: bool
    seen: Annotated[
        Count, Meta(description="How far the request had come when this was read; send it with a decision.")
    ]
    approvers: Annotated[list[str], Meta(description="Who is asked right now.", examples=[["bob@demo.signoff.test"]])]


class Decision(Shape):
    by: Annotated[str, Meta(description="An address; “rule” or “timer” where that approved in people's place.")]
    at: Moment
    outcome: str
    comment: str | None
    reason: Maybe[str | None] = UNSET
    metadata: Maybe[Json | None] = UNSET


class Named(ToldBack, kw_only=True):
    """What is asked."""

    id: str
    workflow_id: str
    workflow_name: str
    job_id: str
    title: str
    description: str
    context: Any
    requested_by: str
    requested_at: Moment


class Full(Named, kw_only=True):
    status: StatusWord
    created_at: Moment
    expires_at: Moment | None
    expired: bool
    seen: Annotated[
        Count, Meta(description="How far the request had come when this was read; send it with a decision.")
    ]
    approvers: Annotated[list[str], Meta(description="Who is asked right now.")]
    decisions: list[Decision]


class Pending(Named, kw_only=True):
    job_name: str
    status: Literal["pending", "escalated"]
    expires_at: Moment | None
    can_approve: bool


class Answered(Named, kw_only=True):
    status: StatusWord
    decision: Literal["approved", "rejected"] | None
    decided_by: str | None
    decided_at: Moment | None
    comment: str | None
    decision_reason: Annotated[str | None, Meta(description="Why it was rejected, cancelled or approved; or timeout.")]


class Statistics(Shape):
    since: Moment | None = field(name="from")
    until: Moment | None = field(name="to")
    total: Count
    by_status: Annotated[dict[str, Count], Meta(extra_json_schema={"required": list(STATES)})]
    approval_rate: Annotated[
        Decimal | None,
        Meta(description="Approved of all that were approved, rejected or timed out; null where there are none."),
    ]
    mean_response_ms: Annotated[int | None, Meta(description="From the question to a person's answer.")]
    pending_for_user: Annotated[Count, Meta(description="Open questions to userId, or to you.")]
    expired: Annotated[Count, Meta(description="Still waiting although the time is up.")]
