DROP SCHEMA IF EXISTS ceiling CASCADE;
CREATE SCHEMA ceiling;
CREATE TABLE ceiling.instances (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE ceiling.tasks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, instance_id bigint NOT NULL REFERENCES ceiling.instances,
    assignee text NOT NULL, status text NOT NULL, decided_by text, decided_at timestamptz
);
CREATE INDEX ON ceiling.tasks (assignee, id) WHERE status = 'pending';
CREATE INDEX ON ceiling.tasks (instance_id);
CREATE TABLE ceiling.events (
    instance_id bigint NOT NULL REFERENCES ceiling.instances, seq int NOT NULL, type text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(), data jsonb NOT NULL, PRIMARY KEY (instance_id, seq)
);
