"""A definition as BPMN 2.0 XML with diagram interchange, as bpmn-js and Camunda Modeler open it.

What BPMN has no word for is kept beside it in a namespace of our own, as JSON: read again it is the same document.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from designer.bpmn.places import Box, Places, places_of
from designer.bpmn.symbols import NCNAME, Diagram, Flow, Node, diagram
from designer.bpmn.xml import NAMESPACES
from designer.edits.draft_flow import steps_of
from engine.json_text import dumps

# What XML cannot hold; in JSON it can be written out.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(document: dict[str, Any]) -> bytes:
    """document: a definition, or a draft of any shape."""
    made = diagram(document)
    root = Element("bpmn:definitions", {f"xmlns:{prefix}": space for prefix, space in NAMESPACES.items()})
    root.attrib |= {"id": "definitions.1", "targetNamespace": "urn:signoff:definition", "exporter": "Signoff"}
    _process(root, document, made)
    _drawing(root, made, places_of(made))
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def legal(text: str) -> str:
    return ILLEGAL.sub("", text)


def process_id(document: dict[str, Any], made: Diagram) -> str:
    key = document.get("key")
    fits = isinstance(key, str) and NCNAME.fullmatch(key) and key not in made.ids.values()
    return str(key) if fits else "process.1"


def _process(root: Element, document: dict[str, Any], made: Diagram) -> None:
    name = document.get("name")
    process = SubElement(root, "bpmn:process", id=process_id(document, made), isExecutable="false")
    if isinstance(name, str):
        process.set("name", legal(name))
    _described(process, document.get("description"))
    steps = document.get("steps")
    # Steps stand in elements of their own; here is which there are, in their order.
    rest = document | ({"steps": steps | {key: {} for key in steps_of(document)}} if isinstance(steps, dict) else {})
    _kept(process, "definition", rest)
    for node in made.nodes.values():
        _node(process, document, made, node)
    for flow in made.flows:
        _flow(process, flow)


def _described(element: Element, text: Any) -> None:
    if isinstance(text, str) and text.strip():
        SubElement(element, "bpmn:documentation").text = legal(text)


def _kept(element: Element, name: str, value: Any) -> None:
    kept = SubElement(SubElement(element, "bpmn:extensionElements"), f"signoff:{name}")
    kept.text = ILLEGAL.sub(lambda one: f"\\u{ord(one[0]):04x}", dumps(value).decode())


def _node(process: Element, document: dict[str, Any], made: Diagram, node: Node) -> None:
    element = SubElement(process, f"bpmn:{node.tag}", id=node.id)
    if node.name:
        element.set("name", legal(node.name))
    if node.part == "step":
        step = steps_of(document)[node.step]
        _described(element, step.get("description"))
        _kept(element, "settings", {"id": node.step, "step": step})
    else:
        element.set("signoff:of", made.ids[node.step])
    if node.host:
        element.attrib |= {"attachedToRef": node.host, "cancelActivity": "true" if node.interrupts else "false"}
    for name, flows in (("incoming", made.entering[node.id]), ("outgoing", made.leaving[node.id])):
        for flow in flows:
            SubElement(element, f"bpmn:{name}").text = flow.id
            if flow.default and name == "outgoing":
                element.set("default", flow.id)
    if node.part == "error":
        SubElement(element, "bpmn:errorEventDefinition", id=f"cause.{node.id}")
    if node.part == "timer":
        _limit(SubElement(element, "bpmn:timerEventDefinition", id=f"cause.{node.id}"), node.limit)


def _limit(timer: Element, limit: Any) -> None:
    text = f"${{{limit['field']}}}" if isinstance(limit, dict) else limit
    if text:
        _formal(timer, "timeDuration", text)


def _formal(element: Element, name: str, text: str) -> None:
    part = SubElement(element, f"bpmn:{name}")
    part.set("xsi:type", "bpmn:tFormalExpression")
    part.text = legal(text)


def _flow(process: Element, flow: Flow) -> None:
    element = SubElement(process, "bpmn:sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target)
    if flow.name:
        element.set("name", legal(flow.name))
    if flow.outcome is not None:
        element.set("signoff:outcome", legal(flow.outcome))
    if flow.rule:
        _formal(element, "conditionExpression", flow.rule)


def _drawing(root: Element, made: Diagram, places: Places) -> None:
    plane = SubElement(SubElement(root, "bpmndi:BPMNDiagram", id="diagram.1"), "bpmndi:BPMNPlane", id="plane.1")
    plane.set("bpmnElement", root[0].get("id", ""))
    for node in made.nodes.values():
        shape = SubElement(plane, "bpmndi:BPMNShape", id=f"shape.{node.id}", bpmnElement=node.id)
        if node.tag == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        _bounds(shape, places.boxes[node.id])
        _label(shape, places.labels.get(node.id))
    for flow in made.flows:
        edge = SubElement(plane, "bpmndi:BPMNEdge", id=f"edge.{flow.id}", bpmnElement=flow.id)
        for x, y in places.lines[flow.id]:
            SubElement(edge, "di:waypoint", x=str(x), y=str(y))
        _label(edge, places.labels.get(flow.id))


def _label(element: Element, box: Box | None) -> None:
    if box:
        _bounds(SubElement(element, "bpmndi:BPMNLabel"), box)


def _bounds(element: Element, box: Box) -> None:
    SubElement(element, "dc:Bounds", x=str(box.x), y=str(box.y), width=str(box.w), height=str(box.h))
