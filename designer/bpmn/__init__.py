"""BPMN 2.0 interchange: a definition as a file with its diagram, and files of other tools as drafts."""

from engine.reasons import Coded


class Unread(Coded, ValueError):
    """A file cannot be read as BPMN."""
