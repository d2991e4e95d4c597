"""Calls to other systems: to addresses that were checked, for a limited time and size."""
