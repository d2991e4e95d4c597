"""BPMN files of other tools become drafts with a list of what did not map; hostile ones are refused at once."""

import re
import time
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from designer.bpmn import Unread
from designer.bpmn.read import Read, read
from designer.bpmn.work import PEOPLE
from designer.bpmn.write import write
from designer.drawable import drawable
from designer.drawing.canvas import draw
from designer.edits import tidy
from designer.gallery import template, templates
from engine.check import check_document
from engine.wording.sentences import sentence
from tests.designer.bpmn_files import AROUND, FILES, HEAD, file, flow, line, task


def imported(name: str) -> Read:
    return read(FILES[name].encode())


def told(found: Read) -> list[str]:
    return [sentence(note) for note in found.notes]


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_any_file_becomes_a_draft_that_is_drawn_and_checked(content: str) -> None:
    found = read(content.encode())
    document = tidy(found.document)
    draw(drawable(document))
    check_document(document)
    assert not [text for text in told(found) if "bpmn_" in text or "…" in text]
    assert read(write(document)).document == document


def test_a_task_whose_answer_is_asked_for_is_an_approval_that_can_be_published() -> None:
    found = imported("camunda 7 invoice")
    assert (found.document["key"], found.document["name"]) == ("invoice", "Invoice receipt")
    approval = found.document["steps"]["a"]
    assert approval["type"] == "approval"
    assert approval["levels"] == [{"id": "level-1", "who": [{"user": "demo@example.com"}]}]
    assert approval["outcomes"] == {"approved": "pay", "rejected": "no"}
    assert found.document["steps"]["pay"]["outcomes"] == {"done": "ok", "failed": "failed"}
    assert told(found) == [
        "The form of “Approve invoice” is not in the file. Build it under its step.",
        "The file does not say which address “Archive invoice” calls. Fill it in.",
    ]
    assert not check_document(found.document)


def test_conditions_become_rules_over_fields_that_are_asked_for() -> None:
    document = imported("camunda 8 assignment").document
    assert document["steps"]["a"]["who"] == [{"requester": True}, {"group": "sales"}, {"field": "team"}]
    assert document["steps"]["g"]["branches"] == [
        {"outcome": "large", "label": "Large", "when": "amount >= 5000 and country == 'DE'"}
    ]
    assert document["steps"]["g"]["outcomes"] == {"large": "ok", "otherwise": "no"}
    assert document["data"]["properties"]["amount"] == {"type": "number", "title": "Amount"}
    assert document["data"]["required"] == ["subject", "team", "amount", "country"]
    assert not check_document(document)


def test_timers_are_limits_and_reminders() -> None:
    found = imported("timers")
    step = found.document["steps"]["a"]
    assert step["timeout"] == {"after": "P3D", "then": "timed_out", "remind": ["PT24H"]}
    assert step["outcomes"] == {"approved": "ok", "rejected": "no", "timed_out": "no"}
    assert "At “Decide” this was left out: a timer (“d”)." in told(found)


def test_parallel_branches_are_told_by_name() -> None:
    found = imported("parallel")
    assert (
        "“Both” goes 2 ways at the same time, which is not supported yet. The flow goes the first way; "
        "the steps of the others are kept, and nothing leads to them."
    ) in told(found)
    assert found.document["steps"]["request"]["outcomes"] == {"submitted": "legal"}


def test_lanes_are_groups_and_candidates_are_asked() -> None:
    assert imported("lanes").document["steps"]["a"]["who"] == [{"group": "purchasing-dept"}]
    assert imported("resource roles").document["steps"]["a"]["who"] == [{"group": "management"}, {"user": "kermit"}]
    steps = imported("camunda 7 expression").document["steps"]
    assert [steps[key]["who"] for key in "abc"] == [[{"requester": True}], [{"field": "boss"}], [{"manager": 1}]]


def test_what_was_sent_back_goes_back_to_the_request_form() -> None:
    assert imported("changes requested").document["steps"]["a"]["outcomes"]["changes_requested"] == "request"


def test_calls_keep_their_address() -> None:
    step = imported("camunda 8 connector").document["steps"]["a"]
    assert step["call"] == {"url": "https://erp.example.com/orders", "method": "PUT"}
    assert step["outcomes"] == {"done": "ok", "failed": "no"}


def test_what_has_no_step_is_passed_by_and_told() -> None:
    found = imported("scripts and rules")
    assert found.document["steps"]["request"]["outcomes"] == {"submitted": "ok"}
    assert "“Compute” was left out: a script, and none is run here. The flow goes on behind it." in told(found)
    assert imported("embedded process").document["steps"]["inner"]["outcomes"] == {"submitted": "ok"}
    assert imported("links and throws").document["steps"]["request"]["outcomes"] == {"submitted": "mail"}


@pytest.mark.parametrize("tag", [*PEOPLE, "serviceTask", "sendTask"])
def test_a_task_that_compensates_is_left_out_in_words(tag: str) -> None:
    found = read(
        file(AROUND + task("userTask", "a") + line("a", "ok") + task(tag, "c", isForCompensation="true")).encode()
    )
    assert "“c” was left out: it compensates another step. The flow goes on behind it." in told(found)


# Files of ours that were changed elsewhere.


def changed(*replacements: tuple[str, str]) -> Read:
    content = write(template("purchase-approval") or {}).decode()
    for old, new in replacements:
        assert old in content
        content = content.replace(old, new)
    return read(content.encode())


def test_a_name_a_target_and_a_rule_that_were_changed_elsewhere_are_taken_over() -> None:
    before = template("purchase-approval") or {}
    found = changed(
        ('name="Tell purchasing"', 'name="Tell the buyers"'),
        (
            'id="flow.tell.sent" sourceRef="tell" targetRef="approved"',
            'id="flow.tell.sent" sourceRef="tell" targetRef="rejected"',
        ),
        ("amount &lt;= 500", "amount &lt;= 900"),
    )
    before["steps"]["tell"] |= {"name": "Tell the buyers", "outcomes": {"sent": "rejected"}}
    before["steps"]["amount"]["branches"][0]["when"] = "amount <= 900"
    assert found.document == before
    assert not found.notes


def test_what_a_flow_is_called_and_what_it_is_for_are_taken_over() -> None:
    before = template("purchase-approval") or {}
    found = changed(
        (f'name="{before["name"]}"', 'name="Purchases"'),
        (before["description"], "For all that costs money."),
    )
    assert found.document == before | {"name": "Purchases", "description": "For all that costs money."}
    foreign = file("<bpmn:documentation>How we buy</bpmn:documentation>" + task("endEvent", "ok"), process='id="buy"')
    assert read(foreign.encode()).document["description"] == "How we buy"


def test_a_step_that_was_added_elsewhere_is_led_through() -> None:
    found = changed(
        (
            'id="flow.tell.sent" sourceRef="tell" targetRef="approved"',
            'id="flow.tell.sent" sourceRef="tell" targetRef="new"',
        ),
        (
            "</bpmn:process>",
            '<bpmn:userTask id="new" name="Count the boxes"/>' + flow("new", "approved") + "</bpmn:process>",
        ),
    )
    assert found.document["steps"]["tell"]["outcomes"] == {"sent": "new"}
    assert found.document["steps"]["new"]["outcomes"] == {"submitted": "approved"}
    assert list(found.document["steps"])[:-1] == list((template("purchase-approval") or {})["steps"])


def test_a_line_that_was_taken_out_and_drawn_anew_is_the_way_out_that_was_open() -> None:
    content = write(template("purchase-approval") or {}).decode()
    begin = content.index('<bpmn:sequenceFlow id="flow.tell.sent"')
    content = content[:begin] + content[content.index("/>", begin) + 2 :]
    assert "sent" not in read(content.encode()).document["steps"]["tell"]["outcomes"]
    content = content.replace("</bpmn:process>", flow("tell", "rejected") + "</bpmn:process>")
    assert read(content.encode()).document["steps"]["tell"]["outcomes"] == {"sent": "rejected"}


# Hostile files.

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghi"))
    + "]>"
)
HOSTILE: dict[str, tuple[bytes, str]] = {
    "entities": (f"{LAUGHS}<x>&i;</x>".encode(), "bpmn_doctype"),
    "an entity of a file": (b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>', "bpmn_doctype"),
    "an external document type": (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>', "bpmn_doctype"),
    "parameter entities": (b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]><x/>', "bpmn_doctype"),
    "too large": (b" " * (2 * 1024 * 1024 + 1), "bpmn_large"),
    "too deep": (b"<a>" * 100_000, "bpmn_deep"),
    "too many": (f"{HEAD}{'<a/>' * 100_000}".encode(), "bpmn_many"),
    "no XML": (b'{"steps": {}}', "bpmn_no_xml"),
    "nothing": (b"", "bpmn_no_xml"),
    "an unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><x/>', "bpmn_no_xml"),
    "half a file": (FILES["lanes"].encode()[:-40], "bpmn_no_xml"),
    "another language": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bpmn_no_process"),
}


@pytest.mark.parametrize(("content", "code"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_at_once(content: bytes, code: str) -> None:
    begun = time.process_time()
    with pytest.raises(Unread) as refused:
        read(content)
    assert refused.value.code == code
    assert time.process_time() - begun < 1


def mutated(random: Random, content: str) -> str:
    """With a few of its values, in attributes and in JSON, in places where others were."""
    values = re.findall(r'"[^"<>]{0,40}"|>[^<>]{1,40}(?=<)', content) or ['""']
    for _ in range(random.randint(1, 6)):
        old, new = random.choice(values), random.choice([*values, '""', "5", "[]", "null", '{"a": 1}'])
        place = random.randrange(content.count(old) or 1)
        head = content.split(old)
        content = old.join(head[: place + 1]) + new + old.join(head[place + 1 :])
    return content


def test_whatever_becomes_of_a_file_it_is_a_draft_or_refused() -> None:
    sources = [*FILES.values(), *(write(document).decode() for document in templates().values())]
    random, read_in = Random(7), 0
    for number in range(400):
        try:
            document = read(mutated(random, sources[number % len(sources)]).encode()).document
        except Unread:
            continue
        draw(drawable(tidy(document)))
        read_in += 1
    assert read_in > 100


def crowd(number: int) -> str:
    return "".join(
        task("parallelGateway", f"n{n}", name=f"N{n}") + flow(f"n{n}", f"n{(n * 7) % number}") for n in range(number)
    )


LARGE: dict[str, Any] = {
    "gateways": file(crowd(10_000)),
    "nested": file("".join(f'<bpmn:subProcess id="n{n}">' for n in range(90)) + "</bpmn:subProcess>" * 90),
    "tasks": file("".join(task("userTask", f"t{n}", name="Same name") for n in range(10_000))),
    "events at one task": file(
        task("userTask", "a") + "".join(task("boundaryEvent", f"e{n}", attachedToRef="a") for n in range(10_000))
    ),
    "lines of one gateway": file(
        task("exclusiveGateway", "g") + "".join(flow("g", "g", "x", "${a}", f"f{n}") for n in range(10_000))
    ),
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_a_large_file_is_read_in_bounded_time(content: str) -> None:
    begun = time.process_time()
    found = read(content.encode())
    assert time.process_time() - begun < 5
    assert len(found.document["steps"]) <= 500 and len(found.notes) <= 200
