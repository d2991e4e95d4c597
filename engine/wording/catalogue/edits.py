"""Why an edit of a draft is refused."""

from engine.wording.catalogue.plural import Plural

TEXTS: dict[str, str | Plural] = {
    "first": "{step} begins the flow and stays there.",
    "inside_itself": "{step} cannot be moved after itself.",
    "inside": "{step} cannot be moved into its own branch.",
    "no_setting": "“{name}” is not changed as a setting.",
    "fixed": "The {name} of a definition stays as it is.",
    "no_pointer": "This is no place in a definition.",
    "nothing_there": "There is nothing at “{pointer}”.",
    "name": "A name has 1 to {most} letters.",
    "no_type": "There is no kind of step called “{name}”.",
    "no_step": "There is no step {step} any more.",
    "outcomes": "The outcomes of {step} cannot be read.",
    "no_outcome": "Say which way out of {step} is meant.",
    "outcome_gone": "{step} has no way out “{name}” any more.",
    "steps": "The steps of this flow cannot be read. Load it from a file again.",
    "too_many_steps": "A flow has at most {most} steps.",
    "fragment": "This is no part of a flow. Copy a step first, then paste it.",
    "document": "A definition is a JSON object.",
    "draft_large": "A definition has at most {kilobytes} kB.",
    "value": "{why}",
    "edit": "This edit cannot be read: {error}",
}
