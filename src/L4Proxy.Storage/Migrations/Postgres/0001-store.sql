-- Times are ISO 8601. A revision is the write that a row comes from.

CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    revision BIGINT NOT NULL
);
INSERT INTO store (one, id, revision) VALUES (1, replace(gen_random_uuid()::text, '-', ''), 0);

CREATE TABLE owners (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id) CHECK (owner = id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    revision BIGINT NOT NULL
);
CREATE INDEX owners_revision ON owners (revision);

CREATE TABLE endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    revision BIGINT NOT NULL
);
CREATE INDEX endpoints_revision ON endpoints (revision);
CREATE INDEX endpoints_owner ON endpoints (owner);

-- The ports that an endpoint's Url says. Port 0 is a free one, and is not here.
CREATE TABLE listens (
    protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
    address TEXT NOT NULL,
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    endpoint_id TEXT NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    PRIMARY KEY (protocol, address, port)
);
CREATE INDEX listens_endpoint ON listens (endpoint_id);

CREATE TABLE routes (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    mode TEXT NOT NULL CHECK (mode IN ('l4', 'l7')),
    revision BIGINT NOT NULL
);
CREATE INDEX routes_revision ON routes (revision);
CREATE INDEX routes_owner ON routes (owner);

CREATE TABLE clusters (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    revision BIGINT NOT NULL
);
CREATE INDEX clusters_revision ON clusters (revision);
CREATE INDEX clusters_owner ON clusters (owner);

CREATE TABLE pools (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
    ports TEXT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX pools_revision ON pools (revision);
CREATE INDEX pools_owner ON pools (owner);

CREATE TABLE allocations (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    pool TEXT NOT NULL REFERENCES pools (id),
    protocol TEXT NOT NULL CHECK (protocol IN ('tcp', 'udp')),
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    route TEXT,
    revision BIGINT NOT NULL,
    UNIQUE (protocol, port)
);
CREATE INDEX allocations_revision ON allocations (revision);
CREATE INDEX allocations_owner ON allocations (owner);
CREATE INDEX allocations_pool ON allocations (pool);

CREATE TABLE reserved_ports (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    protocol TEXT CHECK (protocol IN ('tcp', 'udp')),
    revision BIGINT NOT NULL
);
CREATE INDEX reserved_ports_revision ON reserved_ports (revision);
CREATE INDEX reserved_ports_owner ON reserved_ports (owner);

CREATE TABLE records (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    revision BIGINT NOT NULL
);
CREATE INDEX records_revision ON records (revision);
CREATE INDEX records_owner ON records (owner);

CREATE TABLE overrides (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL REFERENCES owners (id),
    body TEXT NOT NULL CHECK (json_typeof(body::json) = 'object'),
    revision BIGINT NOT NULL
);
CREATE INDEX overrides_revision ON overrides (revision);
CREATE INDEX overrides_owner ON overrides (owner);

-- What is gone, for those who read only what has changed. The kinds are numbered as in StoreKind.
CREATE TABLE removed (
    kind INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX removed_revision ON removed (revision);

CREATE TABLE audit (
    revision BIGINT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    items TEXT NOT NULL
);
