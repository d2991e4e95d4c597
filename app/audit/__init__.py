"""The record: finding events, the hash chain, its verification, the evidence handed out."""
