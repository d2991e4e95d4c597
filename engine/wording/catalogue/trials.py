"""Why a move of a simulation cannot be made, and how a test of a definition fails."""

from engine.phrases import Plural

TEXTS: dict[str, str | Plural] = {
    # Moves.
    "trial_not_begun": "Nothing has begun yet.",
    "trial_too_long": "A simulation has at most {most} commands; each time limit that passes is one of them.",
    "trial_nobody": "There is nobody called “{text}” here.",
    "trial_not_asked": "{text} is asked nothing there.",
    "trial_asks_nobody": "Nobody is asked anything there.",
    "trial_wait": "How long is to be waited? {why}",
    "trial_wait_endless": "The calendar ends before this wait does.",
    "trial_no_call": "No call waits for an answer there.",
    # Tests.
    "test_twice": "Two tests are called “{name}”. Give each its own name.",
    "test_start": "The test “{name}” cannot begin: {why}",
    "test_move": "In the test “{name}”, move {number} cannot be made: {why}",
    "test_field": "{why} ({pointer})",
    "test_stuck": "In the test “{name}” the request got stuck: {why}",
    "test_status": "The test “{name}” expects the request to be {expected}, and it is {status}.",
    "test_step": "The test “{name}” expects the request to be at {steps}, and it is at {others}.",
    "test_path": "Way {number} of the test “{name}” is to be {expected}, and the request took {got}.",
    "test_asked": "Question {number} of the test “{name}” is to be {expected}, and {got} was asked.",
    "test_data": "The test “{name}” expects “{field}” to be {expected}, and it is {got}.",
    "tests_long": "The tests of a definition have at most {most} commands together. Make them fewer or shorter.",
}
