"""What the approval calls take and answer with."""

from app.api.operation import Schema
from app.api.schema_parts import (
    ANY_OBJECT,
    COUNT,
    LONG,
    MAYBE,
    MAYBE_MOMENT,
    MOMENT,
    NAMES,
    PAGE,
    SUCCESS,
    TEXT,
    USER,
    WORD_LIST,
    WORDS,
    YES_NO,
    body,
    shape,
)
from app.approvals.definition import DAY_MS
from app.approvals.queries import MAX_PAGE, MAX_PENDING

ID = "0195f2d4-6c1e-7a30-9f5e-3b1c4d2e5f60"
AT = "2026-11-21T09:30:00.000Z"
STATES = ["pending", "approved", "rejected", "timeout", "escalated", "cancelled"]
# A definition may end in a word of its own.
STATUS_WORD: Schema = {**WORDS, "examples": STATES}
PRIORITY: Schema = {"type": ["string", "integer"], "maxLength": 40}
CHANNELS = ["email", "web", "in-app", "push", "slack", "sms", "webhook"]

ASK = body(
    {
        "workflowId": "nightly-training",
        "jobId": "deploy",
        "title": "Deploy model 1.2.3",
        "description": "It is more accurate than the one in use.",
        "context": {"accuracy": 0.97},
        "notifyUsers": ["bob@demo.signoff.test"],
        "timeoutMs": 3600000,
        "timeoutAction": "escalate",
    },
    ("workflowId", "title"),
    workflowId=TEXT,
    jobId=TEXT,
    workflowName=TEXT,
    jobName=TEXT,
    title=TEXT,
    description=LONG,
    context={"description": "What the approver should know, as the program has it."},
    contextFields={**NAMES, "description": "Which parts of the context to show; all of it when this is left out."},
    notifyUsers={**NAMES, "description": "Who is told; those of them who may decide are asked."},
    notifyRoles={**NAMES, "description": "Roles or keys of groups, whose members are told likewise."},
    notifyChannels={
        "type": "array",
        "items": {"enum": CHANNELS},
        "description": "Where a channel is not set up, the message goes by e-mail.",
    },
    timeoutMs={"type": "integer", "minimum": 1, "maximum": 366 * DAY_MS, "default": 3 * DAY_MS},
    timeoutAction={"enum": ["approve", "reject", "escalate"], "default": "reject"},
    escalateToUsers={
        **NAMES,
        "description": "Who is asked then; without anybody, the manager of those who were late.",
    },
    requireMinApprovers={"type": "integer", "minimum": 1, "maximum": 100, "default": 1},
    requireAllApprovers={"type": "boolean", "default": False},
    allowedApprovers={**NAMES, "description": "Who may decide; nobody else is asked."},
    approvalType={
        "enum": ["manual", "auto", "conditional"],
        "default": "manual",
        "description": "auto: approved at once, and recorded. conditional: people decide, as with manual.",
    },
    reason={"type": "string", "maxLength": 2000},
    priority=PRIORITY,
    metadata=ANY_OBJECT,
)
_SEEN: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": 2**31 - 1,
    "description": "What the answer that you looked at said here. Where the request was changed since, the call is "
    "answered 409 with what changed. Left out, it stands for the present state.",
}
_META: Schema = {**ANY_OBJECT, "description": "Kept in the record beside the decision."}
APPROVE = body(
    {"userId": "bob@demo.signoff.test", "comment": "Fine."},
    userId=USER,
    comment=LONG,
    metadata=_META,
    seen=_SEEN,
)
REJECT = body(
    {"userId": "bob@demo.signoff.test", "reason": "Not this week"},
    ("reason",),
    userId=USER,
    reason={**LONG, "minLength": 1},
    comment=LONG,
    metadata=_META,
    seen=_SEEN,
)
CANCEL = body({"reason": "Not needed any more"}, userId=USER, reason=LONG)

_TOLD_BACK: dict[str, Schema] = {"reason": WORDS, "priority": PRIORITY, "metadata": ANY_OBJECT}
_NAMED: dict[str, Schema] = {
    "id": WORDS,
    "workflowId": WORDS,
    "workflowName": WORDS,
    "jobId": WORDS,
    "title": WORDS,
    "description": WORDS,
    "context": {},
    "requestedBy": WORDS,
    "requestedAt": MOMENT,
}
_STANDS: dict[str, Schema] = {
    "id": WORDS,
    "status": STATUS_WORD,
    "createdAt": MOMENT,
    "expiresAt": MAYBE_MOMENT,
    "expired": YES_NO,
    "seen": {**COUNT, "description": "How far the request had come when this was read; send it with a decision."},
    "approvers": {**WORD_LIST, "description": "Who is asked right now."},
}
_STANDS_EXAMPLE = {
    "id": ID,
    "status": "pending",
    "createdAt": AT,
    "expiresAt": "2026-11-21T10:30:00.000Z",
    "expired": False,
    "seen": 2,
    "approvers": ["bob@demo.signoff.test"],
}
ASKED = shape(
    {"success": True, "request": _STANDS_EXAMPLE},
    success=SUCCESS,
    request=shape(None, tuple(_TOLD_BACK), **_STANDS, **_TOLD_BACK),
)
_DECISION: dict[str, Schema] = {
    "by": {**WORDS, "description": "An address; “rule” or “timer” where that approved in people's place."},
    "at": MOMENT,
    "outcome": WORDS,
    "reason": MAYBE,
    "comment": MAYBE,
    "metadata": ANY_OBJECT,
}
SHOWN = shape(
    success=SUCCESS,
    request=shape(
        None,
        tuple(_TOLD_BACK),
        **_STANDS,
        **{name: value for name, value in _NAMED.items() if name != "id"},
        **_TOLD_BACK,
        decisions={"type": "array", "items": shape(None, ("reason", "metadata"), **_DECISION)},
    ),
)

PENDING_QUERY: dict[str, Schema] = {
    "userId": {**TEXT, "description": "For whom it waits. Without it: for you, or for anybody where you may see that."},
    "workflowId": TEXT,
    "page": PAGE,
    "pageSize": {"type": "integer", "minimum": 1, "maximum": MAX_PENDING, "default": MAX_PENDING},
}
PENDING = shape(
    success=SUCCESS,
    approvals={
        "type": "array",
        "items": shape(
            None,
            tuple(_TOLD_BACK),
            **_NAMED,
            jobName=WORDS,
            status={"enum": ["pending", "escalated"]},
            expiresAt=MAYBE_MOMENT,
            canApprove=YES_NO,
            **_TOLD_BACK,
        ),
    },
    count={**COUNT, "description": "All that wait, also beyond this page."},
)
HISTORY_QUERY: dict[str, Schema] = {
    "workflowId": TEXT,
    "userId": {**TEXT, "description": "Who decided."},
    "status": {"enum": [*STATES, "failed"]},
    "page": PAGE,
    "pageSize": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50},
}
HISTORY = shape(
    success=SUCCESS,
    history={
        "type": "array",
        "items": shape(
            None,
            tuple(_TOLD_BACK),
            **_NAMED,
            status=STATUS_WORD,
            decision={"enum": ["approved", "rejected", None]},
            decidedBy=MAYBE,
            decidedAt=MAYBE_MOMENT,
            comment=MAYBE,
            decisionReason={
                **MAYBE,
                "description": "Why it was rejected, cancelled or approved; or timeout.",
            },
            **_TOLD_BACK,
        ),
    },
    pagination=shape(page=COUNT, pageSize=COUNT, total=COUNT),
)

_WHEN: Schema = {"type": "string", "maxLength": 40, "examples": ["2026-11-01", "2026-11-01T00:00:00Z"]}
STATISTICS_QUERY: dict[str, Schema] = {
    "from": {**_WHEN, "description": "Asked then or later: a day, or a moment with its zone."},
    "to": {**_WHEN, "description": "Asked then or earlier; a day counts to its end."},
    "userId": {**TEXT, "description": "Only what this person decided or was asked."},
}
STATISTICS = shape(
    success=SUCCESS,
    statistics=shape(
        **{"from": MAYBE_MOMENT, "to": MAYBE_MOMENT},
        total=COUNT,
        byStatus={"type": "object", "required": STATES, "additionalProperties": COUNT},
        approvalRate={
            "type": ["number", "null"],
            "description": "Approved of all that were approved, rejected or timed out; null where there are none.",
        },
        meanResponseMs={"type": ["integer", "null"], "description": "From the question to a person's answer."},
        pendingForUser={**COUNT, "description": "Open questions to userId, or to you."},
        expired={**COUNT, "description": "Still waiting although the time is up."},
    ),
)

APPROVED = shape(
    success=SUCCESS,
    decision=shape(
        None,
        ("metadata",),
        id=WORDS,
        status=STATUS_WORD,
        approvedBy=WORDS,
        approvedAt=MOMENT,
        comment=WORDS,
        metadata=ANY_OBJECT,
    ),
)
REJECTED = shape(
    success=SUCCESS,
    decision=shape(
        None,
        ("metadata",),
        id=WORDS,
        status=STATUS_WORD,
        rejectedBy=WORDS,
        rejectedAt=MOMENT,
        reason=WORDS,
        comment=WORDS,
        metadata=ANY_OBJECT,
    ),
)
CANCELLED = shape(success=SUCCESS, message=WORDS)
