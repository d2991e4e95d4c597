"""Every type of event outside of requests with what it says."""

from tests.engine.told_events import event

LOGGED = [
    (event("TenantFounded"), "Dana Reed set up this tenant"),
    (
        event("RuleChanged", rule="authors_may_ask", value=True),
        "Dana Reed allowed requests of whoever published the version",
    ),
    (event("RuleChanged", rule="bold", value=False), "Dana Reed forbade “bold”"),
    (event("ZoneChanged", zone="Europe/Berlin"), "Dana Reed set the time zone of the company to “Europe/Berlin”"),
    (event("LoggedIn", user="d"), "Dana Reed logged in"),
    (
        event("LoginFailed", "Somebody unknown", "", user="k", why="password"),
        "Somebody unknown tried to log in as Kim Lee and failed",
    ),
    (event("LoggedOut", user="d"), "Dana Reed logged out"),
    (event("LoggedOut", user="d", where="elsewhere"), "Dana Reed logged out in another browser"),
    (event("LoggedOut", user="d", where="everywhere"), "Dana Reed logged out everywhere, and ended the links in mails"),
    (event("PasswordChanged", user="d"), "Dana Reed chose a new password"),
    (event("PersonInvited", user="k"), "Dana Reed sent Kim Lee a link to set a new password"),
    (
        event("PersonAdded", name="Gus", roles=["approver", "auditor"]),
        "Dana Reed added Gus: roles approver and auditor",
    ),
    (event("PersonChanged", name=None, roles=[]), "Dana Reed changed …, without roles"),
    (event("PersonActivated", user="k"), "Dana Reed activated Kim Lee"),
    (event("PersonDeactivated", user="gone"), "Dana Reed deactivated somebody who left"),
    (event("GroupAdded", name="Board", members=["k"]), "Dana Reed added the group “Board”, 1 member"),
    (event("GroupChanged", name="Board", members=[]), "Dana Reed changed the group “Board”, 0 members"),
    (
        event("KeyMade", user="k", name="ERP", scopes=[], speaks_for_others=True),
        "Dana Reed made the API key “ERP” for Kim Lee, which may speak for others",
    ),
    (
        event("KeyMade", user="k", name="ERP", scopes=[], speaks_for_others=False),
        "Dana Reed made the API key “ERP” for Kim Lee",
    ),
    (event("KeyRevoked"), "Dana Reed revoked an API key"),
    (
        event("DefinitionPublished", definition="travel", version=2, note="cheaper"),
        "Dana Reed published “travel”, version 2: “cheaper”",
    ),
    (event("DefinitionRetired", definition="travel"), "Dana Reed retired “travel”: nobody can ask for it any more"),
    (event("DefinitionBroughtBack", definition="travel"), "Dana Reed brought “travel” back"),
    (event("DraftOpened", definition="travel", version=0), "Dana Reed opened a draft of “travel”"),
    (
        event("DraftOpened", definition="travel", version=3),
        "Dana Reed opened a draft of “travel”, beginning with version 3",
    ),
    (event("DraftDiscarded", definition="travel"), "Dana Reed discarded the draft of “travel”"),
    (event("ReportRequested", name="PUR-1", format="pdf", params={}), "Dana Reed asked for the report “PUR-1” as PDF"),
    (event("ReportDownloaded", format="csv"), "Dana Reed downloaded a report as CSV"),
    (event("RecordExported", format="csv", filters={}), "Dana Reed downloaded events as CSV"),
    (event("DeliveryRetried", subject="Question to Kim Lee"), "Dana Reed tried again: Question to Kim Lee"),
    (
        event("DeliveryDiscarded", subject="Question to Kim Lee", reason="She knows."),
        "Dana Reed discarded: Question to Kim Lee. She knows.",
    ),
    (event("ApprovalViewed"), "Dana Reed opened the question for the first time"),
    (
        event("ValuesErased", "", "", user="k", **dict.fromkeys(("values", "files", "messages", "reports"), 7)),
        "Somebody erased erased what was personal to Kim Lee: 7 values",
    ),
]
