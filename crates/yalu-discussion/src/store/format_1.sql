-- Times are milliseconds since 1970 in UTC. STRICT: a column holds its type and nothing else.

CREATE TABLE keys (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- What there is one of: the state of the spam service.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    value TEXT NOT NULL
) STRICT;

-- An author without an account: whoever holds the token.
CREATE TABLE persons (
    id INTEGER PRIMARY KEY,
    token BLOB NOT NULL UNIQUE, -- SHA-256
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE comments (
    -- AUTOINCREMENT: the number of a deleted comment is never given again.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier TEXT NOT NULL,
    kind TEXT NOT NULL, -- kind and part are both '' for the dossier itself
    part TEXT NOT NULL,
    parent INTEGER REFERENCES comments (id),
    depth INTEGER NOT NULL,
    state INTEGER NOT NULL, -- 0 held, 1 shown, 2 refused, 3 spam
    deleted INTEGER NOT NULL DEFAULT 0, -- 1 by its author, 2 by a moderator; then only the place is left
    created INTEGER NOT NULL,
    decided INTEGER, -- when the state last changed
    person INTEGER REFERENCES persons (id),
    name TEXT,
    name_folded TEXT,
    email TEXT,
    email_folded TEXT,
    text TEXT,
    text_hash BLOB, -- keyed hash of the folded text
    trap TEXT,
    address TEXT,
    agent TEXT,
    referrer TEXT,
    permalink TEXT,
    place_modified INTEGER,
    score REAL NOT NULL,
    reasons TEXT NOT NULL, -- JSON: an array of reasons
    learnt INTEGER NOT NULL DEFAULT 0, -- 1 as ham, 2 as spam
    check_state INTEGER NOT NULL DEFAULT 0, -- 0 not asked, 1 waiting, 2 said ham, 3 said spam, 4 gave up
    check_by TEXT,
    check_at INTEGER,
    discard INTEGER NOT NULL DEFAULT 0, -- the service is certain that it is spam
    sent_at INTEGER, -- when it was last handed to the service
    sent_to TEXT
) STRICT;

-- Threads and counts are read from this index alone.
CREATE INDEX comments_place ON comments (dossier, kind, part, created, parent, state, deleted);
CREATE INDEX comments_recent ON comments (state, deleted, created);
CREATE INDEX comments_parent ON comments (parent);
CREATE INDEX comments_person ON comments (person);
CREATE INDEX comments_email ON comments (email_folded) WHERE email_folded IS NOT NULL;
CREATE INDEX comments_text ON comments (text_hash) WHERE text_hash IS NOT NULL;

-- What has to be told to the spam service. A row goes when it has been told.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    comment INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL, -- 0 ask, 1 tell spam, 2 tell ham
    created INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, -- that failed
    rechecks INTEGER NOT NULL DEFAULT 0, -- that the service asked for
    next_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL DEFAULT 0,
    lease BLOB, -- random: whose lease it is
    last_error TEXT
) STRICT;

CREATE INDEX outbox_next ON outbox (next_at);
CREATE INDEX outbox_comment ON outbox (comment);

CREATE TABLE rules (
    dossier TEXT PRIMARY KEY,
    is_open INTEGER NOT NULL,
    close_since INTEGER,
    close_after_days INTEGER,
    showing INTEGER NOT NULL -- 0 hold all, 1 show known authors
) STRICT;

CREATE TABLE blocks (
    kind INTEGER NOT NULL, -- 0 e-mail, 1 name, 2 address
    value TEXT NOT NULL,
    until INTEGER,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    comment INTEGER -- no reference: a line outlives its comment
) STRICT;

-- Words learnt from decisions, as keyed hashes.
CREATE TABLE words (
    word INTEGER PRIMARY KEY,
    n_ham INTEGER NOT NULL,
    n_spam INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    password TEXT NOT NULL, -- PHC
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token BLOB PRIMARY KEY, -- SHA-256
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT;
