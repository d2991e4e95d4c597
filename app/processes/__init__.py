"""`python -m app run`: its children, the servers it embeds, its signals and its socket."""
