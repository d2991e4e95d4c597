"""Files of BPMN: why one cannot be read, and what of one did not map."""

from engine.phrases import Plural

TEXTS: dict[str, str | Plural] = {
    "bpmn_large": "A BPMN file has at most {megabytes} MB.",
    "bpmn_no_xml": "This is no XML that can be read: there is a mistake in line {line}.",
    "bpmn_doctype": "Files with a document type of their own are not read. Export it again as BPMN 2.0 XML.",
    "bpmn_deep": "This XML is nested more than {most} levels deep.",
    "bpmn_many": "This XML has more than {most} elements.",
    "bpmn_no_process": "There is no process in this file. Export the diagram as BPMN 2.0 XML.",
    # What is different here from what the file says.
    "bpmn_process": "The file holds several processes. “{name}” was not imported.",
    "bpmn_aside": Plural(
        "A note, data object or message flow was left out: it changes nothing in the flow.",
        "{count} notes, data objects and message flows were left out: they change nothing in the flow.",
        "count",
    ),
    "bpmn_start": "It begins with {event}. Here somebody fills in a form.",
    "bpmn_starts": "It begins in {count} places. Only the first of them begins the flow here.",
    "bpmn_form": "The form of “{name}” is not in the file. Build it under its step.",
    "bpmn_nobody": "The file does not say who does “{name}”. It asks the requester's manager now.",
    "bpmn_who": "“{name}” is for “{text}”, and nobody can be found by that. It asks the requester's manager now.",
    "bpmn_repeated": "“{name}” is done once for each of several. Here it is done once.",
    "bpmn_completion": "“{name}” ends by a rule of its own. Here everybody must agree; set how many are enough.",
    "bpmn_parallel": "“{name}” goes {count} ways at the same time, which is not supported yet. "
    "The flow goes the first way; the steps of the others are kept, and nothing leads to them.",
    "bpmn_inclusive": "“{name}” may go several ways at once. Here it takes the first whose rule applies.",
    "bpmn_events": "“{name}” waits for whichever event comes first. Here the flow goes the first way.",
    "bpmn_several": "“{name}” has several ways out, and no gateway says which is taken. Only the first is led on.",
    "bpmn_condition": "The condition “{rule}” at “{name}” cannot be read as a rule. Write it anew in the step.",
    "bpmn_no_condition": "“{name}” does not say when it goes the way “{text}”. Write the rule in the step.",
    "bpmn_fields": "These fields were added to the request form, because rules or people depend on them: {fields}.",
    "bpmn_call": "The file does not say which address “{name}” calls. Fill it in.",
    "bpmn_message": "The file does not say what the message of “{name}” is, and to whom. Fill it in.",
    "bpmn_end": "“{name}” ends with {event}. Here it only ends.",
    "bpmn_reminder": "What happens while “{name}” waits became a reminder; steps behind it are kept, "
    "and nothing leads to them.",
    "bpmn_edge": "At “{name}” this was left out: {event} (“{text}”).",
    "bpmn_left_out": "“{name}” was left out: {element}. The flow goes on behind it.",
    "bpmn_too_many": "A flow has at most {most} steps. The others were left out.",
    "bpmn_new_line": "A line out of “{name}” was left out: all its ways out lead somewhere already.",
}
