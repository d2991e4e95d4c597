"""The pure editor: how a definition is drawn, outlined and (later) changed. Its pages live in app/pages."""
