"""The record: hash chain, verification, replay."""
