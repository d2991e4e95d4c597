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
    "trial_expects_nothing": "Nothing waits for an event there.",
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
    # What a past request would do otherwise.
    "replay_refused": "It could not be sent: {why}",
    "replay_outcome": "At {step} it would go on with “{got}”, and went on with “{expected}”.",
    "replay_step": "It would come to {step}, where it went on at {next}.",
    "replay_asked": "“{level}” at {step} would be asked, and was not.",
    "replay_form": "{step} would be to be filled in, and was not.",
    "replay_not_asked": "“{level}” at {step} was asked, and would not be.",
    "replay_no_form": "{step} was filled in, and would not be.",
    "replay_stands": "It would be at {steps} now, and is at {others}.",
    "replay_ends": "It would end as “{got}”, and is “{expected}”.",
    "replay_over": "It would have ended as “{got}”, and still goes on.",
    "replay_erased": "What was filled in was erased.",
    "replay_hidden": "It holds values that you may not see.",
    "replay_long": "So much happened in it that it is not run again.",
    "replay_late": "There was no time left for it.",
    "tests_long": "The tests of a definition have at most {most} commands together. Make them fewer or shorter.",
}
