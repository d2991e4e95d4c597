"""What fields are called."""

from typing import Any

from engine.forms.ui import options as ui_options
from engine.wording.values import clean

LONGEST = 80


def label_of(name: str, schema: Any, ui: Any) -> str:
    title = schema.get("title") if isinstance(schema, dict) else None
    label = ui_options(ui).get("title") or title
    return clean(label, LONGEST) if isinstance(label, str) and label.strip() else clean(name, LONGEST)
