"""XML of BPMN 2.0: its namespaces, and reading a file of a stranger in bounded time.

A document type is refused, and with it every entity and every address that one could name.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from designer.bpmn import Unread

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
NAMESPACES = {
    "bpmn": MODEL,
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "signoff": "urn:signoff:bpmn:1",
}
OWN = NAMESPACES["signoff"]
MAX_FILE, MAX_ELEMENTS, MAX_DEPTH, MAX_ATTRIBUTES = 2 * 1024 * 1024, 50_000, 100, 100


def parse(content: bytes) -> Element:
    """The root of the tree; names are those of ElementTree, {namespace}local. Raises Unread."""
    if len(content) > MAX_FILE:
        raise Unread("bpmn_large", megabytes=MAX_FILE // 1024 // 1024)
    return _Reader().read(content)


def local(element: Element) -> str:
    """The name of an element of BPMN; of any other one nothing."""
    space, _, name = element.tag.rpartition("}")
    return name if space == f"{{{MODEL}" else ""


def parts(element: Element, name: str) -> Iterator[Element]:
    """Those of its children that are this element of BPMN."""
    return (child for child in element if local(child) == name)


def text(element: Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


class _Reader:
    def __init__(self) -> None:
        self.tree, self.depth, self.count = TreeBuilder(), 0, 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.tree.data

    def read(self, content: bytes) -> Element:
        try:
            self.parser.Parse(content, True)
        except (expat.ExpatError, LookupError, ValueError) as wrong:
            if isinstance(wrong, Unread):
                raise
            raise Unread("bpmn_no_xml", line=self.parser.CurrentLineNumber) from wrong
        return self.tree.close()

    def _doctype(self, *_: object) -> None:
        raise Unread("bpmn_doctype")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth, self.count = self.depth + 1, self.count + 1
        if self.depth > MAX_DEPTH:
            raise Unread("bpmn_deep", most=MAX_DEPTH)
        if self.count > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise Unread("bpmn_many", most=MAX_ELEMENTS)
        self.tree.start(_name(name), {_name(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.tree.end(_name(name))


def _name(name: str) -> str:
    return f"{{{name}" if "}" in name else name
