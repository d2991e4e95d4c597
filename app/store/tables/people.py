"""Tenants, the people in them, and how they prove who they are."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY

from app.store.tables.base import count, document, key, link, metadata, moment, tenant

# zone: whose clock people read who chose none of their own; a name of the IANA database, as in users.
# directory_rev rises with every change to people or groups: cached directories are told apart by it.
# drafted: the revision that the next draft begins with.
tenants = Table(
    "tenants",
    metadata,
    key(),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False, server_default="EUR"),
    Column("zone", Text, nullable=False, server_default="UTC"),
    count("directory_rev"),
    Column("drafted", Integer, nullable=False, server_default="0"),
    document("settings", optional=True),
    moment("created_at", default=True),
)

# links_after: links in mails sent before this moment have ended.
users = Table(
    "users",
    metadata,
    tenant(),
    key(),
    Column("email", Text, nullable=False),
    Column("handle", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("password_hash", Text),
    Column("roles", ARRAY(Text), nullable=False, server_default="{}"),
    *link("manager_id", "users", optional=True),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("zone", Text),
    moment("created_at", default=True),
    moment("links_after", optional=True),
    moment("erased_at", optional=True),
    UniqueConstraint("tenant_id", "handle"),
    Index("uq_users_email", func.lower(Column("email")), "tenant_id", unique=True),
)

groups = Table(
    "groups",
    metadata,
    tenant(),
    key(),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("tenant_id", "key"),
)

group_members = Table(
    "group_members",
    metadata,
    tenant(),
    *link("group_id", "groups", primary=True),
    *link("user_id", "users", primary=True),
)

# token_hash: SHA-256 of the cookie's value, which is stored nowhere.
sessions = Table(
    "sessions",
    metadata,
    tenant(),
    Column("token_hash", LargeBinary, primary_key=True),
    *link("user_id", "users"),
    moment("created_at", default=True),
    moment("seen_at", default=True),
    moment("expires_at"),
    Column("address", Text),
    Column("agent", Text),
    Index("ix_sessions_user_id", "tenant_id", "user_id"),
)

login_failures = Table(
    "login_failures",
    metadata,
    key(),
    Column("account", Text, nullable=False),
    Column("address", Text, nullable=False),
    moment("at", default=True),
    Index("ix_login_failures_account_at", "account", "at"),
    Index("ix_login_failures_address_at", "address", "at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    tenant(),
    key(),
    *link("user_id", "users"),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False, server_default="{}"),
    Column("speaks_for_others", Boolean, nullable=False, server_default="false"),
    moment("created_at", default=True),
    moment("expires_at", optional=True),
    moment("last_used_at", optional=True),
    moment("revoked_at", optional=True),
    UniqueConstraint("tenant_id", "secret_hash"),
)
