"""What cannot be read or taken of a filled form, and what a form cannot ask."""

from engine.phrases import Plural

TEXTS: dict[str, str | Plural] = {
    "locked": "This cannot be changed here.",
    "rows_stay": "No rows can be removed here.",
    "rows_full": "No rows can be added here.",
    "rows_ordered": "The order of these rows cannot be changed.",
    "rows_most": "There can be at most {most} rows.",
    "option_closed": "This option can't be chosen.",
    "not_offered": "Choose one of the options. What was chosen is not offered here.",
    "odd_character": "This contains a character that cannot be kept.",
    "json_long": "This is longer than {most} characters.",
    "no_json": "This is not JSON: {error}.",
    "json_object": 'Write it like this: {{"name": "value"}}.',
    "too_many_answers": "More than {most} answers came at once, so none of them was read.",
    "number_digits": "Write a number with digits only, for example 1234.50.",
    "span_unread": "“{text}” is no span of time. Write a number and choose its unit, or for example: 1 day 12 hours.",
    "pair_nameless": "“{text}” has no name beside it.",
    "no_number": "This is not a number.",
    "number_long": "A number may have at most {most} digits.",
    "number_separators": "Write the number without separators, for example 1234.50.",
    "number_two_ways": "This can be read in two ways. Write {one} or {other}.",
    "money_whole": "Amounts in {currency} have no decimals.",
    "money_in": "Amounts in {currency} have at most {most} decimals.",
    "money_fine": "Amounts have at most {most} decimals.",
    "form_changed": (
        "This form has changed since you opened it. Your answers are in the new one: look at them and send it again."
    ),
    "file_large": "“{name}” is larger than {megabytes} MB.",
    "file_kind": "“{name}” is of a kind that is not taken. Possible are {offered}.",
    "file_content": "“{name}” says {ending}, but its content is something else.",
    "file_lost": "This file is not here any more. Please attach it again.",
    # What a form cannot ask.
    "form_object": "The schema of a form is an object with “properties”.",
    "form_large": "The form has more than {most} fields.",
    "ui_word": "“{word}”: {why}",
    "ui_order": "This is a list of the names of its fields.",
    "ui_class_names": "Names of classes begin with “form-”.",
    "asks_password": (
        "“{label}” asks for a password. What is filled in can be read by others, so a form asks for no secrets."
    ),
    "no_control": "“{label}” asks for a control “{text}”, and there is no such control.",
    "word_undrawn": "“{label}” uses “{word}”, which no form can ask yet.",
    "variants_undrawn": "“{label}” has more than one choice of what is asked for. Put one inside the other.",
    "conditions_undrawn": "“{label}” has conditions, which only a group of fields can have.",
    "name_long": "“{label}” has a name of more than {most} letters, with those around it.",
    "field_deep": "“{label}” is nested deeper than {most} levels.",
    "rows_undrawn": "“{label}” needs {least} rows, and a form shows at most {most} of this length.",
    "word_meaningless": "“{word}” means nothing in a form here.",
    "shows_no_field": "The form shows “{field}”, and there is no such field.",
    "order_lacks": "The order of “{label}” leaves out “{field}”. Name it there, or write “*” for the rest.",
}
