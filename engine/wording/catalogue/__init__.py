"""Message catalogue: the English text of every code, which is its gettext msgid; a file per subject.

`{name}` stands for a parameter as engine/wording/sentences.py reads it. A second language is a gettext file with
these texts as its keys.
"""

from engine.phrases import Plural
from engine.wording.catalogue import (
    bpmn,
    calls,
    closing,
    edits,
    forms,
    phrases,
    problems,
    refusals,
    rules,
    schemas,
    stops,
    trials,
)

SUBJECTS = (problems, schemas, forms, rules, refusals, stops, closing, edits, trials, bpmn, calls)
CATALOGUE: dict[str, str | Plural] = {code: text for subject in SUBJECTS for code, text in subject.TEXTS.items()}
PHRASES: dict[str, dict[str, str]] = phrases.PHRASES
