-- +goose Up

-- Proves at each start that the key which opens what is sealed is the one
-- that sealed it.
CREATE TABLE seal (
    id     BIGINT PRIMARY KEY,
    canary {{blob}} NOT NULL
);

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
    api        TEXT NOT NULL,
    forks      TEXT NOT NULL,
    branch     TEXT NOT NULL, -- the default branch's ref
    required   TEXT NOT NULL, -- JSON
    sealed     {{blob}} NOT NULL, -- keys
    created    BIGINT NOT NULL,
    UNIQUE (team, forge, url)
);

CREATE TABLE services (
    id         {{id}},
    team       BIGINT NOT NULL REFERENCES teams (id),
    name       TEXT NOT NULL,
    connection BIGINT NOT NULL REFERENCES connections (id),
    path       TEXT NOT NULL DEFAULT '',
    kind       TEXT NOT NULL DEFAULT '',
    needs      TEXT NOT NULL DEFAULT '[]', -- JSON
    most       BIGINT NOT NULL DEFAULT 0, -- builds at once
    removed    BIGINT NOT NULL DEFAULT 0, -- its builds are still shown
    UNIQUE (team, name)
);
CREATE INDEX services_connection ON services (connection, id);

CREATE TABLE secrets (
    team    BIGINT NOT NULL REFERENCES teams (id),
    service TEXT NOT NULL, -- '' for every service of the team
    name    TEXT NOT NULL,
    sealed  {{blob}} NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (team, service, name)
);

CREATE TABLE tokens (
    id      {{id}},
    name    TEXT NOT NULL,
    team    BIGINT REFERENCES teams (id), -- NULL for every team
    role    TEXT NOT NULL,
    hash    {{blob}} NOT NULL UNIQUE, -- SHA-256 of its text
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used    BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE audit (
    id     {{id}},
    at     BIGINT NOT NULL,
    who    TEXT NOT NULL,
    did    TEXT NOT NULL,
    target TEXT NOT NULL,
    team   TEXT NOT NULL
);
CREATE INDEX audit_team ON audit (team, id);

CREATE TABLE workers (
    name   TEXT PRIMARY KEY,
    report TEXT NOT NULL DEFAULT '', -- JSON
    seen   BIGINT NOT NULL,
    drain  BIGINT NOT NULL DEFAULT 0
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
    state      TEXT NOT NULL, -- pending, held, expanded, failed or duplicate
    event      TEXT NOT NULL, -- JSON
    ref        TEXT NOT NULL DEFAULT '', -- of a branch that a push moved, and
    object     TEXT NOT NULL DEFAULT '', -- where to; '' for every other event
    note       TEXT NOT NULL DEFAULT '', -- why no build came of it
    approved   TEXT NOT NULL DEFAULT '', -- by whom
    offered    BIGINT NOT NULL DEFAULT 0,
    offered_to TEXT NOT NULL DEFAULT ''
);
CREATE INDEX events_pending ON events (id) WHERE state = 'pending';
CREATE INDEX events_connection ON events (connection, id);
CREATE INDEX events_received ON events (received);
CREATE INDEX events_moved ON events (connection, ref, object, id) WHERE object <> '';

-- Where each ref stood when an event last moved it, and where its repository
-- was last seen to have it, once an event has told of that.
CREATE TABLE heads (
    connection BIGINT NOT NULL REFERENCES connections (id),
    ref        TEXT NOT NULL, -- full name, or pull/NUMBER
    object     TEXT NOT NULL, -- '' when it is gone
    event      BIGINT NOT NULL REFERENCES events (id),
    verified   TEXT NOT NULL DEFAULT '', -- '' not yet
    seen       BIGINT NOT NULL DEFAULT 0, -- when; what was seen before does not count
    PRIMARY KEY (connection, ref)
);
CREATE INDEX heads_event ON heads (event);

CREATE TABLE builds (
    id         {{id}},
    team       BIGINT NOT NULL REFERENCES teams (id), -- the service's
    service    BIGINT NOT NULL REFERENCES services (id),
    event      BIGINT NOT NULL REFERENCES events (id),
    state      TEXT NOT NULL,
    ref        TEXT NOT NULL,
    object     TEXT NOT NULL,
    pull       BIGINT NOT NULL,
    path       TEXT NOT NULL,
    needs      TEXT NOT NULL, -- JSON
    inputs     TEXT NOT NULL, -- hash, '' unknown
    trust      TEXT NOT NULL,
    priority   BIGINT NOT NULL,
    forced     BIGINT NOT NULL,
    supersede  BIGINT NOT NULL, -- a later head may take its turn
    created    BIGINT NOT NULL,
    started    BIGINT NOT NULL DEFAULT 0,
    ended      BIGINT NOT NULL DEFAULT 0,
    offered    BIGINT NOT NULL DEFAULT 0,
    due        BIGINT NOT NULL DEFAULT 0, -- not before, after it was handed back
    offered_to TEXT NOT NULL DEFAULT '',
    attempt    BIGINT NOT NULL DEFAULT 0,
    strikes    BIGINT NOT NULL DEFAULT 0,
    worker     TEXT NOT NULL DEFAULT '',
    lease      BIGINT NOT NULL DEFAULT 0,
    image      TEXT NOT NULL DEFAULT '', -- JSON
    known      BIGINT NOT NULL DEFAULT 0,
    class      TEXT NOT NULL DEFAULT '',
    reason     TEXT NOT NULL DEFAULT '',
    UNIQUE (event, service)
);
CREATE INDEX builds_state ON builds (state, id);
CREATE INDEX builds_running ON builds (lease) WHERE state = 'running';
CREATE INDEX builds_team ON builds (team, id);
CREATE INDEX builds_team_state ON builds (team, state, id);
CREATE INDEX builds_service ON builds (service, id);
CREATE INDEX builds_ref ON builds (service, ref, pull, event);
CREATE INDEX builds_object ON builds (object, id);
CREATE INDEX builds_ended ON builds (ended) WHERE ended > 0;

-- A service that an event did not change: it is still what a build made.
CREATE TABLE unchanged (
    id       {{id}},
    service  BIGINT NOT NULL REFERENCES services (id),
    event    BIGINT NOT NULL REFERENCES events (id),
    object   TEXT NOT NULL,
    build    BIGINT NOT NULL REFERENCES builds (id),
    required BIGINT NOT NULL, -- its status is told
    UNIQUE (event, service)
);
CREATE INDEX unchanged_build ON unchanged (build);
CREATE INDEX unchanged_service ON unchanged (service);

-- Which attempt builds what several want. It counts while that attempt is the
-- current one of a build that runs.
CREATE TABLE holds (
    service BIGINT NOT NULL REFERENCES services (id),
    key     TEXT NOT NULL,
    build   BIGINT NOT NULL REFERENCES builds (id),
    attempt BIGINT NOT NULL,
    PRIMARY KEY (service, key)
);
CREATE INDEX holds_build ON holds (build);

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
CREATE INDEX outbox_key ON outbox (topic, key, id);

-- +goose Down
DROP TABLE outbox;
DROP TABLE logs;
DROP TABLE holds;
DROP TABLE unchanged;
DROP TABLE builds;
DROP TABLE heads;
DROP TABLE events;
DROP TABLE deliveries;
DROP TABLE workers;
DROP TABLE audit;
DROP TABLE tokens;
DROP TABLE secrets;
DROP TABLE services;
DROP TABLE connections;
DROP TABLE teams;
DROP TABLE seal;
