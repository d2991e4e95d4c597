"""The drawing of a definition: layout, routes, outline, path."""
