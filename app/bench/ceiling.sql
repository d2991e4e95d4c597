\set amount random(1, 2000)
BEGIN;
INSERT INTO ceiling.instances (status, data) VALUES ('waiting', jsonb_build_object('amount', :amount::int, 'item', 'Laptop')) RETURNING id AS instance \gset
INSERT INTO ceiling.tasks (instance_id, assignee, status) VALUES (:instance::bigint, 'bob', 'pending') RETURNING id AS task \gset
INSERT INTO ceiling.events (instance_id, seq, type, data) VALUES (:instance::bigint, 1, 'asked', jsonb_build_object('amount', :amount::int, 'item', 'Laptop'));
COMMIT;
BEGIN;
UPDATE ceiling.tasks SET status = 'approved', decided_by = 'bob', decided_at = now() WHERE id = :task::bigint AND status = 'pending';
UPDATE ceiling.instances SET status = 'approved', updated_at = now() WHERE id = :instance::bigint;
INSERT INTO ceiling.events (instance_id, seq, type, data) VALUES (:instance::bigint, 2, 'approved', '{"by": "bob"}'), (:instance::bigint, 3, 'ended', '{}');
COMMIT;
