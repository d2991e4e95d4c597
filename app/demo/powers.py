"""What only a demo may do: show its password on the log-in page, and let an administrator read everybody's mail.

DEMO asks for it (app/config.py refuses that on anything but loopback); a second tenant ends it.
"""

from sqlalchemy import select

from app.config import settings
from app.demo.people import TENANT
from app.store.db import Db
from app.store.tables import tenants


def on(db: Db) -> bool:
    return settings().demo and list(db.execute(select(tenants.c.key).limit(2)).scalars()) == [TENANT]
