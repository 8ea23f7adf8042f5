-- +goose Up

CREATE TABLE teams (
    id   {{id}},
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE connections (
    id         {{id}},
    team       BIGINT NOT NULL REFERENCES teams (id),
    forge      TEXT NOT NULL,
    repository TEXT NOT NULL, -- full name at the forge
    url        TEXT NOT NULL, -- to clone from
    created    BIGINT NOT NULL,
    UNIQUE (team, forge, url)
);

CREATE TABLE services (
    id         {{id}},
    team       BIGINT NOT NULL REFERENCES teams (id),
    name       TEXT NOT NULL,
    connection BIGINT NOT NULL REFERENCES connections (id),
    UNIQUE (team, name)
);

-- What a forge sent, by the forge's own name for it.
CREATE TABLE deliveries (
    connection BIGINT NOT NULL REFERENCES connections (id),
    delivery   TEXT NOT NULL,
    received   BIGINT NOT NULL,
    PRIMARY KEY (connection, delivery)
);
CREATE INDEX deliveries_received ON deliveries (received);

CREATE TABLE events (
    id         {{id}},
    connection BIGINT NOT NULL REFERENCES connections (id),
    received   BIGINT NOT NULL,
    state      TEXT NOT NULL, -- pending, expanded or duplicate
    event      TEXT NOT NULL, -- JSON
    note       TEXT NOT NULL DEFAULT '' -- why no build came of it
);
CREATE INDEX events_pending ON events (id) WHERE state = 'pending';

-- Where each ref stood when an event last moved it.
CREATE TABLE heads (
    connection BIGINT NOT NULL REFERENCES connections (id),
    ref        TEXT NOT NULL, -- full name, or pull/NUMBER
    object     TEXT NOT NULL, -- '' when it was deleted
    event      BIGINT NOT NULL REFERENCES events (id),
    PRIMARY KEY (connection, ref)
);

CREATE TABLE builds (
    id       {{id}},
    service  BIGINT NOT NULL REFERENCES services (id),
    event    BIGINT NOT NULL REFERENCES events (id),
    state    TEXT NOT NULL,
    ref      TEXT NOT NULL,
    object   TEXT NOT NULL,
    pull     BIGINT NOT NULL DEFAULT 0,
    trust    TEXT NOT NULL,
    priority BIGINT NOT NULL DEFAULT 0,
    created  BIGINT NOT NULL,
    started  BIGINT NOT NULL DEFAULT 0,
    ended    BIGINT NOT NULL DEFAULT 0,
    attempt  BIGINT NOT NULL DEFAULT 0,
    strikes  BIGINT NOT NULL DEFAULT 0,
    worker   TEXT NOT NULL DEFAULT '',
    lease    BIGINT NOT NULL DEFAULT 0,
    image    TEXT NOT NULL DEFAULT '', -- JSON
    known    BIGINT NOT NULL DEFAULT 0,
    class    TEXT NOT NULL DEFAULT '',
    reason   TEXT NOT NULL DEFAULT '',
    UNIQUE (service, event)
);
CREATE INDEX builds_queued ON builds (id) WHERE state = 'queued';
CREATE INDEX builds_running ON builds (lease) WHERE state = 'running';
CREATE INDEX builds_service ON builds (service, id);

-- A build's output, per attempt in chunks that are numbered from 1.
CREATE TABLE logs (
    build   BIGINT NOT NULL REFERENCES builds (id),
    attempt BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    data    {{blob}} NOT NULL, -- zstd
    PRIMARY KEY (build, attempt, number)
);

-- What has to be told to somebody else, once the transaction that decided it
-- is committed.
CREATE TABLE outbox (
    id    {{id}},
    topic TEXT NOT NULL,
    key   TEXT NOT NULL, -- messages of one key are delivered in order
    body  TEXT NOT NULL,
    due   BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX outbox_due ON outbox (topic, due, id);

-- +goose Down
DROP TABLE outbox;
DROP TABLE logs;
DROP TABLE builds;
DROP TABLE heads;
DROP TABLE events;
DROP TABLE deliveries;
DROP TABLE services;
DROP TABLE connections;
DROP TABLE teams;
