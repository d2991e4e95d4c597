"""Everything in words that people read: events, states, moments, numbers, names."""
