"""Where an answer differs from what programs written for other approval gates were told to expect, and why."""

from typing import NamedTuple


class Difference(NamedTuple):
    """`told`: what such a program may expect. `here`: what this API does."""

    call: str
    told: str
    here: str
    why: str


DIFFERENCES = (
    Difference(
        "every call",
        "No key is needed.",
        "401 without a key, as `Authorization: Bearer` or `X-API-Key`.",
        "A decision needs somebody who made it.",
    ),
    Difference(
        "GET, every call",
        "Parameters nobody knows are ignored.",
        "422 that names them.",
        "An answer that was not narrowed would be taken for one that was.",
    ),
    Difference(
        "POST /api/approvals",
        "Without `timeoutMs` time is up after an hour.",
        "After three days.",
        "People are at lunch, on trains and asleep.",
    ),
    Difference(
        "POST /api/approvals",
        "`notifyUsers` holds ids of the caller's own directory.",
        "E-mail addresses, handles or ids of people here; others are 422.",
        "A question to somebody unknown would wait for nobody.",
    ),
    Difference(
        "POST /api/approvals",
        "`approvalType: conditional` decides by a condition.",
        "People are asked, as with `manual`.",
        "The call carries no condition. Rules stand in definitions.",
    ),
    Difference(
        "POST /api/approvals",
        "`notifyChannels` are used as given.",
        "Those that are set up here are; without any of them the message goes by e-mail.",
        "A channel is a file of the product.",
    ),
    Difference(
        "POST /api/approvals",
        "`dependsOn`, `createCheckpoint` and `checkpointName` steer the caller's jobs.",
        "422: there is no such field.",
        "They belong to the program that runs the jobs, which waits for the answer.",
    ),
    Difference(
        "POST /api/approvals/{id}/approve",
        "One key asks and tells the answer of anybody.",
        "403 where the owner of the key asked for it or signed it. A key of somebody else tells the answer.",
        "Otherwise one person with one key could ask and approve.",
    ),
    Difference(
        "POST, every call that asks",
        "Any number of calls is taken.",
        "429 with `Retry-After` after too many in a minute or an hour.",
        "Each asks people, and a program in a loop would bury them.",
    ),
    Difference(
        "POST /api/approvals/{id}/approve",
        "`decision`, `responseData` and `feedback` in the body.",
        "422: there is no such field. `comment` and `metadata` are kept with the decision.",
        "What is decided is said by the address; values are changed through a form.",
    ),
    Difference(
        "POST /api/workflows",
        "Steps of other kinds than HUMAN, HTTP and NOTIFY; `uiSchema`, `channels`, `compensation` in a step.",
        "422 that names the step.",
        "A list of steps is for short chains. Forms, rules and what undoes a call stand in a definition.",
    ),
)
