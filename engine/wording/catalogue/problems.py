"""Problems: why a definition cannot be published, and the way out."""

from engine.phrases import Plural

TEXTS: dict[str, str | Plural] = {
    # Its shape.
    "document_deep": "The document is nested too deeply.",
    "document_unfit": "The document cannot be kept: {why}",
    "document_large": "The document is larger than {kilobytes} kB.",
    "document_wrong": "The document: {why}",
    "document_shape": "{pointer}: {why}",
    "step_wrong": "{step}: {why}",
    "step_shape": "{step}, {pointer}: {why}",
    "zone": "zone: Write a time zone as the IANA database has it, such as Europe/Berlin.",
    "data_schema": "The data's schema: {why}",
    "data_no_object": 'The data of a request is an object: write "type": "object".',
    "form_schema": "The form of {step}: {why}",
    "form_wrong": "The form of {step}: {why}",
    "form_no_object": 'The form of {step} asks for fields: write "type": "object" and “properties”.',
    "name_empty": "{pointer}: A name has letters in it.",
    "name_unseen": (
        "{pointer}: “{text}” holds something that cannot be seen. Take out what cannot be seen: line breaks, "
        "control characters and characters without a width."
    ),
    # Its flow.
    "no_start": "The flow starts at “{target}”, and there is no such step.",
    "start_no_form": "The flow starts at {step}, which is not a request form.",
    "second_start": "{step} is a second request form. A flow has one; use a form step.",
    "no_end": "The flow has no end. Add a step of type end.",
    "unreached": "Nothing leads to {step}. Lead an outcome there, or remove it.",
    "endless_step": "From {step} no way leads to an end.",
    "outcome_missing": "{step} has nowhere to go when it is {outcome}. Choose a step for it.",
    "branch_missing": "{step} has nowhere to go for “{branch}”. Choose a step for it.",
    "otherwise_missing": "{step} has nowhere to go when none of its rules applies. Choose a step for it.",
    "outcome_strange": "{step} never ends with “{given}”. It can end with: {offered}.",
    "outcome_of_end": "{step} never ends with “{given}”. It can end with: nothing.",
    "outcome_nowhere": "{step} leads to “{target}” when it is {outcome}, and there is no such step.",
    "timed_out_missing": "{step} has nowhere to go when it is timed out, which “{name}” may choose.",
    "flow_circle": Plural(
        "{steps} goes round in a circle that waits for nobody. "
        "Lead an outcome to a step that asks somebody, or to an end.",
        "{steps} go round in a circle that waits for nobody. "
        "Lead an outcome to a step that asks somebody, or to an end.",
        "count",
    ),
    "fast_circle": "{step} can come round again when its time is up. Write a time limit of a minute or more.",
    # What its steps do.
    "rule_missing": "A rule of {step} is still empty. Say when it applies.",
    "rule_broken": "The rule “{rule}” of {step} does not work: {why}",
    "limit_wrong": "In the time limit of {step}: {why}",
    "wait_for_one": (
        "{step} waits for an event, for a length of time, or until a date in the request. Fill in one of them, and of "
        "the last two not both."
    ),
    "wait_no_date": "{step} waits until the date in “{name}”, which must be a field of the data that holds a date.",
    "wait_saves_nothing": "{step} keeps what comes with an event, and waits for none. Name the event, or keep nothing.",
    "wait_wrong": "How long {step} waits: {why}",
    "level_twice": "{step} has two levels with the id “{id}”. Give each its own.",
    "covers_no_field": "{step} speaks of “{name}”, and the data has no such field.",
    "form_approves": "{step} asks for data, so it cannot approve by itself when the time is up.",
    "status_reserved": "{step} ends as “{status}”, which says something else of a request. Choose another word.",
    "address_scheme": "{step} calls “{text}”. An address starts with https:// or http://.",
    "call_refused": "{error}",
    "secrets_file": "{error}",
    "retry_wrong": "In the retries of {step}: {why}",
    "retry_range": "The first retry of {step} comes after a second at the earliest and a day at the latest.",
    "unsaid": "Some part of this definition cannot be put into words: {error}",
    # Whom it asks.
    "who_no_field": (
        "{step} asks the person named in “{name}”, and there is no such field. Choose one, or add it to the data."
    ),
    "role_unknown": ("{step} asks whoever has the role “{role}”, and there is no such role. Choose one of: {offered}."),
    "person_unknown": (
        "{step} asks “{text}”, and there is nobody of that name here. Choose a person, by e-mail address."
    ),
    "person_left": "{step} asks {person}, who has left. Choose somebody else.",
    "group_unknown": (
        "{step} asks the group “{text}”, and there is no such group. Make the group first, or choose another."
    ),
    "group_unknown_close": "{step} asks the group “{text}”, and there is no such group. Did you mean “{close}”?",
    "group_empty": "{step} asks the group “{group}”, and nobody is in it. Add somebody to the group first.",
    "quorum_large": Plural(
        "“{level}” needs {need} signatures, and only one person is asked. Ask more, or need fewer.",
        "“{level}” needs {need} signatures, and only {count} people are asked. Ask more, or need fewer.",
        "count",
    ),
    # What is hardly meant.
    "levels_gap": "At {step} nobody signs {gaps}. A request that gets there stops.",
    "level_odd": "At {step}, level {number}: {why}",
    "levels_overlap": "Overlaps with level {number}: {words}.",
    "level_covered": "Never signs. The levels below it take every value.",
    "level_unreached": "Never signs. No value that gets here reaches it.",
    # What it reads and writes.
    "title_no_field": ("The title shows “{{{name}}}”, and there is no such field. Choose one, or add it to the data."),
    "place_no_field": "{step} shows “{{{name}}}”, and there is no such field. Choose one, or add it to the data.",
    "rule_reads_empty": (
        "The rule “{rule}” of {step} reads “{name}”, which may be empty there. Make it required in the form that "
        "asks for it, or say in the rule what empty means: {name} == null or …"
    ),
    "rule_reads_text": (
        "The rule “{rule}” of {step} reads “{name}”, which may be empty there. Give it “minLength”: 1 in the form "
        "that asks for it, or say in the rule what empty means: {name} == null or …"
    ),
    "rule_reads_list": (
        "The rule “{rule}” of {step} needs an entry in “{name}”, which may have none there. Give it “minItems”: 1, "
        "or say in the rule what none means: {name} == null or …"
    ),
    "setting_no_field": (
        "{step} reads “{setting}” from “{name}”, and there is no such field. Choose one, or add it to the data."
    ),
    "setting_reads_empty": (
        "{step} reads “{setting}” from “{name}”, which may be empty there. "
        "Make it required in the form that asks for it."
    ),
    "setting_reads_text": (
        "{step} reads “{setting}” from “{name}”, which may be empty there. "
        "Give it “minLength”: 1 in the form that asks for it."
    ),
    "reads_duration": (
        "{step} reads “{setting}” from “{name}”, which must be a text with a duration, such as P3D. Say so in the data."
    ),
    "reads_action": (
        "{step} reads “{setting}” from “{name}”, which must be a choice of {offered}. Say so in the data."
    ),
    "reads_count": (
        "{step} reads “{setting}” from “{name}”, which must be a whole number with a “minimum” of at least 1. "
        "Say so in the data."
    ),
    "reads_people": (
        "{step} reads “{setting}” from “{name}”, which must be a text or a list of texts: who it is, by id, "
        "e-mail address or handle. Say so in the data."
    ),
    "reason_type": "{step} sets the reason, which is a text. Write it in quotes.",
    "save_no_field": "{step} keeps the answer as “{name}”, and there is no such field. Add it to the data.",
    "save_no_object": ("{step} keeps the answer, which is an object, as “{name}”, which is not. Change its type."),
    "set_no_field": "{step} sets “{name}”, and there is no such field. Add it to the data.",
    "set_wrong": "{step} sets “{name}” to a value that does not fit: {why}",
    "start_asks_all": (
        "{step} asks for all of the data, and {steps} fills in “{name}”. Give the request form a schema of its own, "
        "with the fields that the requester answers."
    ),
}
