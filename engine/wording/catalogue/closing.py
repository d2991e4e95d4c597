"""Why a question was closed unanswered, and why a request ended as it did. They go on after a colon."""

from engine.phrases import Plural

TEXTS: dict[str, str | Plural] = {
    "enough": "not needed any more: enough people approved",
    "rule_approves": "not needed any more: a rule approves it",
    "level_needless": "not needed any more: the request was changed",
    "level_again": "the request was changed, so “{level}” is asked again first",
    "step_again": "the request was changed, so {step} is asked again first",
    "rejected_by": "{person} rejected it",
    "changes_by": "{person} asked for changes",
    "filled_in": "{person} filled it in",
    "stopped": "the request stopped",
    "time_up": "the time was up",
    "withdrawn": "withdrawn",
    "cancelled": "cancelled",
    "rejected": "it was rejected",
    "changes_requested": "changes were requested",
    "timeout": "It was not answered in time.",
    "said": "{text}",
    "stated": "{text}",
    "call_failed": "{text}",
}
