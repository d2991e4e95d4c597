"""Refusals: why a command changed nothing."""

from engine.phrases import Plural

TEXTS: dict[str, str | Plural] = {
    "ended": "This request has ended: {status}.",
    "closed": "This is no longer waiting for an answer.",
    "closing": "This request is being closed already.",
    "closing_data": "This request is being closed, so its data stays as it is.",
    "not_yours": "This is waiting for {person}, not for you.",
    "not_requester": "Only the person who asked can withdraw a request.",
    "not_entitled": "You may not answer this any more: your group, role or account has changed.",
    "own_request": "Nobody decides on their own request.",
    "own_key": "This came through a key of {person}, who asked for this or has signed it. Use a key of somebody else.",
    "own_data": "Nobody corrects the data of their own request. Ask another administrator.",
    "outcome": "“{given}” is not a decision here. Choose one of: {offered}.",
    "asks_decision": "This asks for a decision, not for a form.",
    "asks_form": "This asks for a form, not for a decision.",
    "asks_correction": "This asks for the corrected form, not for a decision.",
    "comment": "Say why, so that the person who asked knows what to do.",
    "seen": "“seen” is the number that came with the question. Look at it again.",
    "changed": "The request was changed after you looked at it. Nothing was decided.",
    "field_changed": "This changed meanwhile.",
    "values": "Some answers need another look.",
    "unfit_values": "Some values need another look.",
    "no_change": "Change at least one value.",
    "nothing_blocked": "Nothing is stuck here.",
    "nothing_to_undo": "Nothing here waits to be undone.",
    "reason": "Say why: it stays in the record.",
    "unforeseen": "This could not be done; the log of the server says why.",
}
