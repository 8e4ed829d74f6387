// What the reader did and the server has not yet confirmed, oldest first.
//
// Every request carries everything unconfirmed, so that requests may overtake
// one another: whichever arrives first brings what came before it, and the
// store ignores the keys it knows. `keepalive` lets a request outlive its tab.
// Local storage keeps the rest over a reload, a closed tab and a new start of
// the browser, one item an entry, so that two tabs never overwrite each other.

const RETRY_MS = [500, 1000, 2000, 5000, 10000, 30000];
const MOST_EVENTS = 50; // in one request; browsers refuse more than 64 kB of keepalive on its way
const MOST_FLYING = 3; // requests at once, and one more when the tab is closed
const MOST_WITH_QUEUE = 10; // events in a request that asks for the queue as well
const MOST_WAITING = 1000; // entries of one reader; about 300 kB
const FIELDS = ['key', 'kind', 'paper_id', 'interest_id', 'slate_id', 'undoes', 'list_id', 'list_name'];

// A random UUID; pages over plain HTTP from another machine lack the browser's own function.
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (x) => x.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// What an action on a card is sent as.
function entryOf(card, kind) {
  const entry = { key: newKey(), kind, paper_id: card.paper_id };
  if (card.interest_id) entry.interest_id = card.interest_id;
  if (card.slate_id) entry.slate_id = card.slate_id;
  return entry;
}

class Outbox {
  // `library` and `reader` name whose entries these are; the browser adds the server's address.
  // `asks`, if given, returns which queue an answer is to bring; nothing where none is wanted.
  constructor(library, reader, told, asks = null) {
    this.prefix = `paperloop.outbox.${library}.${reader}.`;
    this.told = told; // called with {stored, refused, queue, owed}, {expired, problem} or {problem}
    this.asks = asks;
    this.asking = false; // whether a request on its way brings the queue
    this.owed = false; // whether something was sent that no queue on its way can know
    this.flying = 0;
    this.carried = new Set(); // keys that a request on its way holds
    this.failures = 0;
    this.most = MOST_EVENTS;
    this.added = 0;
    this.unkept = false; // whether the browser refused to keep an entry
    this.timer = null;
    this.closed = false;
    this.items = new Map(); // the storage item of each entry, by the entry's key
    this.entries = this.load();
    this.restored = this.entries.length > 0;
    this.leaving = () => this.send();
    window.addEventListener('pagehide', this.leaving);
    window.addEventListener('online', this.leaving);
  }

  // Whether the reader should be told that entries wait: some failed, or are left of an earlier tab.
  get waits() {
    return this.entries.length > 0 && (this.failures > 0 || this.restored);
  }

  get full() {
    return this.entries.length >= MOST_WAITING;
  }

  load() {
    const found = [];
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const item = localStorage.key(i);
        if (item.startsWith(this.prefix)) found.push(item);
      }
    } catch {
      return []; // storage is forbidden
    }
    const entries = [];
    for (const item of found.sort().slice(0, MOST_WAITING)) {
      const entry = readEntry(item);
      if (!entry) continue;
      this.items.set(entry.key, item);
      entries.push(entry);
    }
    return entries;
  }

  keep(entry) {
    const order = [Date.now(), this.added++].map((x) => String(x).padStart(15, '0')).join('.');
    const item = `${this.prefix}${order}.${entry.key}`;
    try {
      localStorage.setItem(item, JSON.stringify(entry));
      this.items.set(entry.key, item);
    } catch {
      this.unkept = true; // storage is full or forbidden; the entry is still in memory
    }
  }

  forget(keys) {
    this.entries = this.entries.filter((x) => !keys.has(x.key));
    for (const key of keys) {
      const item = this.items.get(key);
      if (item) localStorage.removeItem(item);
      this.items.delete(key);
    }
    if (!this.entries.length) this.restored = this.unkept = false;
  }

  add(entry) {
    this.entries.push(entry);
    this.keep(entry);
    if (this.flying < MOST_FLYING) this.send();
  }

  use(endpoint, token) {
    const renewed = this.token !== token;
    this.endpoint = endpoint;
    this.token = token;
    if (renewed && this.entries.length && !this.timer) this.send();
  }

  // Ask for the queue, also when nothing waits to be sent.
  renewQueue() {
    this.owed = true;
    if (!this.asking) this.send();
  }

  async send() {
    clearTimeout(this.timer);
    this.timer = null;
    const events = this.entries.slice(0, this.most);
    // One queue at a time: a fast reader would wait for several that are out of date.
    const wanted = this.asks?.();
    const queue = !this.asking && events.length <= MOST_WITH_QUEUE ? wanted : undefined;
    if ((!events.length && !(this.owed && queue)) || !this.token) return;
    events.forEach((x) => this.carried.add(x.key));
    this.flying += 1;
    this.owed = Boolean(wanted && !queue);
    if (queue) this.asking = true;
    const answer = await this.post(events, queue).catch(() => ({ status: 0 }));
    this.flying -= 1;
    if (queue) this.asking = false;
    if (!this.flying) this.carried.clear();
    this.settle(answer, events);
  }

  async post(events, queue) {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      keepalive: true,
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: this.token, events, queue }),
    });
    const answer = await response.json().catch(() => ({}));
    return { ...answer, status: response.status };
  }

  settle({ status, stored = [], refused = [], queue, error = '' }, events) {
    if (status === 400 && events.length === 1) refused = [{ key: events[0].key, why: error }];
    this.most = status === 400 ? 1 : MOST_EVENTS; // one bad entry must not hold up the others
    const done = new Set([...stored, ...refused].map((x) => x.key));
    this.forget(done);
    if (done.size) {
      this.failures = 0;
      this.told({ stored, refused, queue, owed: this.owed });
    } else if (queue || !events.length) {
      this.told({ queue, expired: !queue }); // only the queue was asked for
    } else if (this.entries.length) {
      this.failures += 1;
      const why = error || 'No answer from the server.';
      const renewed = status === 401 && this.failures === 1; // a fresh token may be all it needs
      this.told({ expired: status === 401, problem: renewed ? '' : why });
      this.retry();
      return;
    }
    if (this.entries.some((x) => !this.carried.has(x.key)) || (this.owed && !this.asking)) this.send();
  }

  retry() {
    clearTimeout(this.timer);
    if (this.closed) return; // the deck that follows has read the entries from storage
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1];
    this.timer = setTimeout(() => this.send(), wait * (0.75 + Math.random() / 2));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener('pagehide', this.leaving);
    window.removeEventListener('online', this.leaving);
  }
}

// Storage is shared with whatever else this server's address has served: take nothing unknown.
function readEntry(item) {
  let found;
  try {
    found = JSON.parse(localStorage.getItem(item));
  } catch {
    found = null;
  }
  const whole = found && [found.key, found.kind, found.paper_id].every((x) => typeof x === 'string');
  if (!whole) {
    localStorage.removeItem(item);
    return null;
  }
  return Object.fromEntries(FIELDS.filter((x) => x in found).map((x) => [x, found[x]]));
}
