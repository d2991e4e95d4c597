"""BPMN files as other tools write them, in the parts that matter: Camunda 7 and 8, Activiti, Signavio, and odd ones."""

from itertools import pairwise

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://bpmn.io/schema/bpmn">'
)
PLAIN = "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='urn:x'>"


def file(content: str, around: str = "", process: str = 'id="Process_0ab12cd" isExecutable="true"') -> str:
    return f"{HEAD}{around}<bpmn:process {process}>{content}</bpmn:process></bpmn:definitions>"


def flow(source: str, target: str, name: str = "", rule: str = "", key: str = "") -> str:
    """A line; with its condition, where it has one."""
    named = f' name="{name}"' if name else ""
    begin = f'<bpmn:sequenceFlow id="{key or f"{source}-{target}"}" sourceRef="{source}" targetRef="{target}"{named}'
    condition = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{rule}</bpmn:conditionExpression>'
    return f"{begin}>{condition}</bpmn:sequenceFlow>" if rule else f"{begin}/>"


def line(*nodes: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(nodes))


def task(tag: str, key: str, inside: str = "", **attributes: str) -> str:
    told = "".join(f' {name.replace("_", ":")}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{key}"{told}>{inside}</bpmn:{tag}>'


def timer(key: str, host: str, span: str, part: str = "timeDuration", cancels: str = "true") -> str:
    inside = f"<bpmn:timerEventDefinition><bpmn:{part}>{span}</bpmn:{part}></bpmn:timerEventDefinition>"
    return task("boundaryEvent", key, inside, attachedToRef=host, cancelActivity=cancels)


ENDS = task("endEvent", "ok", name="Paid") + task("endEvent", "no", name="Rejected")
START = task("startEvent", "StartEvent_1", name="Invoice received")
AROUND = START + ENDS + line("StartEvent_1", "a")


def answered(yes: str, no: str) -> str:
    """A user task whose answer a gateway asks for."""
    return line("a", "g") + task("exclusiveGateway", "g", name="Approved?") + yes + no


FILES: dict[str, str] = {
    "camunda 7 invoice": file(
        AROUND
        + task("userTask", "a", name="Approve invoice", camunda_assignee="demo@example.com", camunda_formKey="x")
        + answered(flow("g", "pay", "yes", "${approved}"), flow("g", "no", "no", "${!approved}"))
        + task("serviceTask", "pay", name="Archive invoice", camunda_class="org.example.Archive")
        + line("pay", "ok"),
        process='id="invoice" name="Invoice receipt"',
    ),
    "camunda 7 groups": file(
        AROUND
        + task("userTask", "a", name="Check", camunda_candidateGroups="accounting, Board of Directors")
        + line("a", "ok")
    ),
    "camunda 7 expression": file(
        AROUND
        + task("userTask", "a", name="Do it", camunda_assignee="${initiator}")
        + line("a", "b", "c", "ok")
        + task("userTask", "b", name="Boss", camunda_assignee="${boss}")
        + task("userTask", "c", name="Bean", camunda_assignee="${bean.find(x)}")
    ),
    "camunda 8 assignment": file(
        AROUND
        + task(
            "userTask",
            "a",
            "<bpmn:extensionElements><zeebe:formDefinition formKey='f'/>"
            "<zeebe:assignmentDefinition assignee='=initiator' candidateGroups='=[&quot;sales&quot;, team]'/>"
            "</bpmn:extensionElements>",
            name="Review order",
        )
        + line("a", "g")
        + task("exclusiveGateway", "g", name="Large?", default="g-no")
        + flow("g", "ok", "Large", "= amount &gt;= 5000 and country = &quot;DE&quot;")
        + flow("g", "no", "Small")
    ),
    "camunda 8 connector": file(
        AROUND
        + task(
            "serviceTask",
            "a",
            "<bpmn:extensionElements><zeebe:taskDefinition type='io.camunda:http-json:1'/><zeebe:ioMapping>"
            "<zeebe:input source='=&quot;https://erp.example.com/orders&quot;' target='url'/>"
            "<zeebe:input source='put' target='method'/></zeebe:ioMapping></bpmn:extensionElements>",
            name="Order",
        )
        + task("boundaryEvent", "e", "<bpmn:errorEventDefinition/>", attachedToRef="a", name="Down")
        + line("a", "ok")
        + line("e", "no")
    ),
    "changes requested": file(
        AROUND
        + task("userTask", "a", name="Approve request")
        + answered(flow("g", "ok", "Approved"), flow("g", "no", "Rejected"))
        + flow("g", "StartEvent_1", "Rework needed")
    ),
    "timers": file(
        AROUND
        + task("userTask", "a", name="Decide")
        + answered(flow("g", "ok", "Yes"), flow("g", "no", "No"))
        + timer("t", "a", "P3D")
        + line("t", "no")
        + timer("r", "a", "R3/PT24H", "timeCycle", "false")
        + timer("d", "a", "2030-01-01T00:00:00Z", "timeDate")
    ),
    "parallel": file(
        AROUND
        + task("parallelGateway", "a", name="Both")
        + task("userTask", "legal", name="Legal")
        + task("userTask", "finance", name="Finance")
        + task("parallelGateway", "join")
        + line("a", "legal", "join", "ok")
        + line("a", "finance", "join")
    ),
    "inclusive": file(
        AROUND
        + task("inclusiveGateway", "a", name="Which?")
        + flow("a", "ok", "One", "${x == 1}")
        + flow("a", "no", "Other", "${y}")
    ),
    "events first": file(
        AROUND
        + task("eventBasedGateway", "a", name="Wait")
        + task("intermediateCatchEvent", "m", "<bpmn:messageEventDefinition/>", name="Paid by bank")
        + task("intermediateCatchEvent", "w", "<bpmn:timerEventDefinition/>", name="A week")
        + line("a", "m", "ok")
        + line("a", "w", "no")
    ),
    "scripts and rules": file(
        AROUND
        + task("scriptTask", "a", "<bpmn:script>x = 1</bpmn:script>", name="Compute", scriptFormat="groovy")
        + task("businessRuleTask", "b", name="Discount table")
        + task("callActivity", "c", name="Subprocess elsewhere", calledElement="x")
        + task("receiveTask", "w", name="Wait for goods")
        + line("a", "b", "c", "w", "ok")
    ),
    "embedded process": file(
        AROUND
        + task(
            "subProcess",
            "a",
            task("startEvent", "s2")
            + task("userTask", "inner", name="Inner work")
            + task("endEvent", "e2")
            + line("s2", "inner", "e2"),
            name="Handle",
        )
        + line("a", "ok")
    ),
    "lanes": file(
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Purchasing Dept."><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        "</bpmn:lane></bpmn:laneSet>" + AROUND + task("userTask", "a", name="Order it") + line("a", "ok"),
        '<bpmn:collaboration id="c"><bpmn:participant id="p" name="Company" processRef="Process_0ab12cd"/>'
        '<bpmn:participant id="q" name="Supplier"/><bpmn:messageFlow id="mf" sourceRef="a" targetRef="q"/>'
        "</bpmn:collaboration>",
    ),
    "two processes": file(
        AROUND + task("task", "a", name="Only task") + line("a", "ok"),
        '<bpmn:process id="other" name="The other one"><bpmn:task id="z"/></bpmn:process>',
    ),
    "several for each": file(
        AROUND
        + task(
            "userTask",
            "a",
            '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:completionCondition>${enough}'
            "</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>",
            name="Everybody approves",
        )
        + answered(flow("g", "ok", "Approve"), flow("g", "no", "Reject"))
    ),
    "resource roles": file(
        AROUND
        + task(
            "userTask",
            "a",
            "<bpmn:potentialOwner><bpmn:resourceAssignmentExpression><bpmn:formalExpression>group(management), "
            "user(kermit)</bpmn:formalExpression></bpmn:resourceAssignmentExpression></bpmn:potentialOwner>",
            name="Activiti task",
        )
        + line("a", "ok")
    ),
    "links and throws": file(
        START
        + ENDS
        + line("StartEvent_1", "throw")
        + task("intermediateThrowEvent", "throw", '<bpmn:linkEventDefinition name="A"/>')
        + task("intermediateCatchEvent", "catch", '<bpmn:linkEventDefinition name="A"/>')
        + line("catch", "mail", "ok")
        + task("sendTask", "mail", name="Tell the customer")
    ),
    "message start, signal end": file(
        task("startEvent", "s", "<bpmn:messageEventDefinition/>")
        + task("startEvent", "s2", "<bpmn:timerEventDefinition/>")
        + task("manualTask", "m", name="Unpack")
        + task("endEvent", "e", "<bpmn:signalEventDefinition/>", name="Broadcast")
        + line("s", "m", "e")
        + line("s2", "m")
    ),
    "no start, no end": file(task("task", "a", name="First") + task("task", "b", name="Second") + line("a", "b")),
    "a loop of gateways": file(
        task("startEvent", "s")
        + line("s", "x", "y", "x")
        + task("exclusiveGateway", "x")
        + task("exclusiveGateway", "y")
    ),
    "lines to nowhere": file(
        AROUND + task("userTask", "a") + flow("a", "missing") + flow("gone", "ok") + flow("a", "no", "x", "${odd(}")
    ),
    "default namespace, ids of all kinds": PLAIN
    + "<process id='sid-1F3A'><startEvent id='_s'/><sequenceFlow id='f' sourceRef='_s' targetRef='Übung.1'/>"
    "<userTask id='Übung.1' name='&lt;b&gt;  Über\nalles'><documentation>Two\nlines</documentation></userTask>"
    "<textAnnotation id='n'/><dataObjectReference id='o'/></process></definitions>",
    "an empty process": file(""),
}
