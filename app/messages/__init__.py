"""Messages to people: what they say and that they leave once. The ways they take are in app/channels."""
