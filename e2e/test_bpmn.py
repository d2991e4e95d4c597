"""Every exported definition opens in bpmn-js, the viewer inside Camunda Modeler, with each shape drawn in its place."""

from playwright.sync_api import Page

from designer.bpmn.places import places_of
from designer.bpmn.symbols import diagram
from designer.bpmn.write import write
from tests.designer.documents import DOCUMENTS
from tests.test_vendor import TESTED

VIEWER = "bpmn-viewer.production.min.js"
OPEN = """async (xml) => {
    const viewer = new BpmnJS({container: '#canvas'})
    const {warnings} = await viewer.importXML(xml)
    const drawn = viewer.get('elementRegistry').filter((one) => one.type !== 'label' && one.parent)
    const shown = drawn.filter((one) => document.querySelector(`[data-element-id="${one.id}"] .djs-visual > *`))
    const boxes = drawn.filter((one) => !one.waypoints)
    viewer.destroy()
    return {
        warnings: warnings.map(String),
        shown: shown.map((one) => one.id),
        boxes: Object.fromEntries(boxes.map((one) => [one.id, [one.x, one.y, one.width, one.height]])),
    }
}"""


def test_bpmn_js_draws_each_exported_definition_as_it_was_laid_out(page: Page) -> None:
    page.set_content('<div id="canvas" style="width: 1200px; height: 800px"></div>')
    page.add_script_tag(path=TESTED / VIEWER)
    for name, document in DOCUMENTS.items():
        found = page.evaluate(OPEN, write(document).decode())
        made = diagram(document)
        places = places_of(made)
        assert not found["warnings"], name
        assert set(found["shown"]) == {*made.nodes, *(flow.id for flow in made.flows)}, name
        assert found["boxes"] == {key: [box.x, box.y, box.w, box.h] for key, box in places.boxes.items()}, name
