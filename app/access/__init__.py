"""Who comes in, how they prove it, and what they may do."""
