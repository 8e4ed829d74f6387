// What the reader did and the server has not yet confirmed, oldest first.
//
// Every request carries everything unconfirmed, so that requests may overtake
// one another: whichever arrives first brings what came before it, and the
// store ignores the keys it knows. `keepalive` lets a request outlive its tab;
// session storage lets the rest outlive a reload while the server is away.

const RETRY_MS = [500, 1000, 2000, 5000, 10000];
const MOST_EVENTS = 50; // in one request; browsers refuse more than 64 kB of keepalive on its way
const MOST_FLYING = 3; // requests at once, and one more when the tab is closed

class Outbox {
  constructor(reader, told) {
    this.slot = `paperloop.outbox.${reader}`;
    this.told = told; // called with {stored, refused}, {expired} or {problem}
    this.flying = 0;
    this.carried = new Set(); // keys that a request on its way holds
    this.failures = 0;
    this.timer = null;
    this.entries = this.load();
    this.leaving = () => this.send();
    window.addEventListener('pagehide', this.leaving);
  }

  load() {
    try {
      return JSON.parse(sessionStorage.getItem(this.slot)) ?? [];
    } catch {
      return [];
    }
  }

  keep() {
    try {
      sessionStorage.setItem(this.slot, JSON.stringify(this.entries));
    } catch {
      // Storage may be full or forbidden; the entries are still in memory.
    }
  }

  add(entry) {
    this.entries.push(entry);
    this.keep();
    if (this.flying < MOST_FLYING) this.send();
  }

  use(endpoint, token) {
    const renewed = this.token !== token;
    this.endpoint = endpoint;
    this.token = token;
    if (renewed && this.entries.length) this.send();
  }

  async send() {
    clearTimeout(this.timer);
    const events = this.entries.slice(0, MOST_EVENTS);
    if (!events.length || !this.token) return;
    events.forEach((x) => this.carried.add(x.key));
    this.flying += 1;
    const answer = await this.post(events).catch(() => ({ status: 0 }));
    this.flying -= 1;
    if (!this.flying) this.carried.clear();
    this.settle(answer);
  }

  async post(events) {
    const response = await fetch(this.endpoint, {
      method: 'POST',
      keepalive: true,
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: this.token, events }),
    });
    return { ...(await response.json()), status: response.status };
  }

  settle({ status, stored = [], refused = [], error = '' }) {
    const done = new Set([...stored, ...refused].map((x) => x.key));
    this.entries = this.entries.filter((x) => !done.has(x.key));
    this.keep();
    if (done.size) {
      this.failures = 0;
      this.told({ stored, refused });
    } else if (this.entries.length) {
      this.told(status === 401 ? { expired: true } : { problem: error || 'No answer from the server.' });
      const wait = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), wait);
      return;
    }
    if (this.entries.some((x) => !this.carried.has(x.key))) this.send();
  }

  close() {
    clearTimeout(this.timer);
    window.removeEventListener('pagehide', this.leaving);
  }
}
