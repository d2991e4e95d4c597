"""JSON for programs. To add a call of our own:

1. State its body, query and answer once each as a `Shape` (app/shapes.py): a field's limits and meaning in `Meta`, the
   class's docstring what it is. Names are unique in the API: they are those of the OpenAPI document's components.
2. State the `Call` with these (app/api/operation.py), and a body's example.
3. Write the handler: `@get(path, call=...)` answers `told(Struct)`; `@answering(path, status_code=..., call=...)` does
   what it does in `act(db, who, asked) -> (status, Struct)`, where `asked` is the checked body, and takes an
   Idempotency-Key. `query(request)` is the checked query. Refusals are raised (app/errors.py).
4. End the module with `router = calls(tag, *handlers, path=V1)`. It is on the map, in /api/openapi.json, on /api/docs
   and in the tests that walk the document: bad input, other tenants' ids, answers held against their schema.

Only the calls of the reference systems (approvals, purchase, workflows) stand outside of /api/v1.
"""
