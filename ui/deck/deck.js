// The triage deck: holds the next papers, shows the next one at once, and asks
// for a re-ranked queue once an action is stored. Paper text is only ever set
// through `textContent`.

const ACTIONS = [
  { kind: 'like', label: 'Like', keys: ['l', 'arrowright'], hint: ['L', '→'], lead: true },
  { kind: 'skip', label: 'Skip', keys: ['s', 'arrowleft'], hint: ['S', '←'] },
  { kind: 'dislike', label: 'Not interested', keys: ['n'], hint: ['N'] },
  { kind: 'save', label: 'Save', keys: ['v'], hint: ['V'] },
  { kind: 'open', label: 'Open', keys: ['o'], hint: ['O'] },
  { kind: 'undo', label: 'Undo', keys: ['u', 'z'], hint: ['U', 'Z'] },
];
const MOVES = [
  { kind: 'next', label: 'Next, without judging', keys: ['j'], hint: ['J'] },
  { kind: 'previous', label: 'Previous', keys: ['k'], hint: ['K'] },
  { kind: 'help', label: 'This list of keys', keys: ['?'], hint: ['?'] },
];
const SAID = {
  like: 'Liked.',
  skip: 'Skipped.',
  dislike: 'Noted: not interested.',
  save: 'Saved.',
  open: 'Opened in a new tab.',
  undo: 'Undone.',
};
const AUTHORS_SHOWN = 5;
const RENEW_MS = 20 * 60 * 1000; // well inside the life of a token
const PATIENCE_MS = 4000; // until a rerun that never came is asked for again
const decks = new WeakMap();

const make = (tag, text, properties = {}) =>
  Object.assign(document.createElement(tag), { textContent: text, ...properties });

class Deck {
  constructor(root, data) {
    this.root = root;
    this.cards = []; // in the order in which they are shown
    this.at = 0; // the one in focus
    this.known = new Map(); // every card seen here, by paper
    this.stack = []; // what can be undone, newest last
    this.unfolded = false;
    this.asked = 0;
    this.outbox = new Outbox(data.reader, (news) => this.hear(news));
    // Actions that the shown slate does not yet reflect; some may be left of a reload.
    this.pending = this.outbox.entries.filter((x) => x.kind !== 'open').map((x) => ({ ...x }));
    this.find = (selector) => root.querySelector(selector);
    this.build();
    this.key = (event) => this.press(event);
    this.back = () => document.visibilityState === 'visible' && this.ask('look');
    document.addEventListener('keydown', this.key);
    document.addEventListener('visibilitychange', this.back);
    this.renewal = setInterval(() => this.ask('look'), RENEW_MS);
  }

  close() {
    document.removeEventListener('keydown', this.key);
    document.removeEventListener('visibilitychange', this.back);
    clearInterval(this.renewal);
    this.outbox.close();
  }

  build() {
    for (const action of [...ACTIONS, ...MOVES]) {
      const button = make('button', action.label, { type: 'button' });
      button.title = `${action.label} (${action.hint.join(' or ')})`;
      button.dataset.kind = action.kind;
      button.setAttribute('aria-keyshortcuts', action.hint[0]);
      button.append(make('kbd', action.hint[0]));
      button.classList.toggle('lead', action.lead === true);
      button.classList.toggle('apart', action.kind === 'undo');
      // The second click of a double click would judge the next paper unread.
      button.onclick = (event) => event.detail < 2 && this.act(action.kind);
      if (ACTIONS.includes(action)) this.find('.actions').append(button);
      const hints = make('dt', '');
      hints.append(...action.hint.map((x) => make('kbd', x)));
      this.find('.keys').append(hints, make('dd', action.label));
    }
    this.find('.quiet').onclick = () => this.help(true);
    this.find('.fold').onclick = () => {
      this.unfolded = !this.unfolded;
      this.render();
    };
    this.find('.help').onclick = (event) => event.target === event.currentTarget && this.help(false);
    this.find('.help-close').onclick = () => this.help(false);
  }

  // -- from Python ---------------------------------------------------------

  receive(data, setTriggerValue) {
    const first = this.data === undefined;
    this.trigger = setTriggerValue;
    if (data.serial === this.data?.serial) return;
    this.data = data;
    this.asked = 0;
    for (const card of data.cards) this.known.set(card.paper_id, card);
    this.pending = this.pending.filter((x) => !(x.event_id && x.event_id <= data.last_event_id));
    this.stack = [...data.undo];
    const gone = new Set(data.judged);
    const kept = first ? [] : this.cards.slice(0, this.at + 1).filter((x) => !gone.has(x.paper_id));
    const focus = kept.length && kept.at(-1) === this.cards[this.at];
    const fresh = new Map(data.cards.map((x) => [x.paper_id, x]));
    const held = kept
      .filter((x, i) => fresh.has(x.paper_id) || (focus && i === kept.length - 1))
      .map((x) => fresh.get(x.paper_id) ?? x);
    const shown = new Set(held.map((x) => x.paper_id));
    this.cards = [...held, ...data.cards.filter((x) => !shown.has(x.paper_id))];
    this.at = Math.max(0, Math.min(focus ? held.length - 1 : held.length, this.cards.length - 1));
    this.pending.forEach((entry) => this.apply(entry));
    this.outbox.use(data.endpoint, data.token);
    if (this.dirty) this.ask('stored');
    else if (data.note && !this.pending.length) this.say(data.note);
    this.render();
  }

  ask(why) {
    if (!this.trigger) return;
    if (Date.now() - this.asked < PATIENCE_MS) {
      this.dirty = true; // one rerun at a time, or a fast reader starves them all
      return;
    }
    this.dirty = false;
    this.asked = Date.now();
    this.trigger(why, this.asked);
  }

  hear({ stored = [], refused = [], expired, problem }) {
    for (const { key, event_id } of stored) {
      const entry = this.pending.find((x) => x.key === key);
      if (entry) entry.event_id = event_id;
    }
    for (const { key, why } of refused) {
      this.pending = this.pending.filter((x) => x.key !== key);
      this.say(why, true);
    }
    if (problem) this.say(`Not saved yet, trying again. ${problem}`, true);
    if (stored.length || refused.length || expired) this.ask('stored');
  }

  // -- from the reader -----------------------------------------------------

  press(event) {
    const path = event.composedPath();
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !this.root.host?.isConnected) return;
    const typing = (x) => x.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(x.tagName ?? '');
    if (path.some((x) => x instanceof Element && typing(x))) return;
    const name = event.key.toLowerCase();
    const steering = '[role=radiogroup],[role=tablist],[role=listbox],[role=menu],[role=slider]';
    if (name.startsWith('arrow') && path.some((x) => x instanceof Element && x.matches(steering))) return;
    const open = !this.find('.help').hidden;
    if (open && (name === 'escape' || name === '?')) return this.help(false);
    const chosen = [...ACTIONS, ...MOVES].find((x) => x.keys.includes(name));
    if (!chosen || open || document.querySelector('[role=dialog]')) return;
    event.preventDefault();
    this.act(chosen.kind);
  }

  act(kind) {
    if (kind === 'help') return this.help(true);
    if (kind === 'next') return this.move(this.at + 1);
    if (kind === 'previous') return this.move(this.at - 1);
    const undone = kind === 'undo' ? this.stack.at(-1) : null;
    const card = undone ?? this.cards[this.at];
    if (!card || (kind === 'undo' && !undone)) return;
    if (kind === 'open' && /^https?:/.test(card.link)) window.open(card.link, '_blank', 'noopener,noreferrer');
    const entry = { key: crypto.randomUUID(), kind, paper_id: card.paper_id };
    if (card.interest_id) entry.interest_id = card.interest_id;
    if (card.slate_id) entry.slate_id = card.slate_id;
    if (undone?.event_id) entry.undoes = undone.event_id;
    const action = { ...entry, title: card.title };
    this.apply(action);
    if (kind !== 'open') this.pending.push(action);
    this.unfolded = false;
    this.say(kind === 'undo' ? `Undone: “${card.title}” is back.` : SAID[kind]);
    this.render();
    this.outbox.add(entry);
  }

  apply(action) {
    if (action.kind === 'open') return;
    const place = this.cards.findIndex((x) => x.paper_id === action.paper_id);
    if (action.kind === 'undo') {
      this.stack = this.stack.filter((x) => x.paper_id !== action.paper_id);
      if (place >= 0) this.cards.splice(place, 1);
      if (place >= 0 && place < this.at) this.at -= 1;
      this.cards.splice(this.at, 0, this.known.get(action.paper_id) ?? action);
      return;
    }
    this.stack.push(action);
    if (place < 0) return;
    this.cards.splice(place, 1);
    if (place < this.at) this.at -= 1;
    this.at = Math.max(0, Math.min(this.at, this.cards.length - 1));
  }

  move(to) {
    if (to < 0 || to >= this.cards.length) return;
    this.at = to;
    this.unfolded = false;
    this.render();
  }

  // -- to the screen -------------------------------------------------------

  say(text, warning = false) {
    this.find('.note').textContent = text;
    this.find('.note').classList.toggle('warning', warning);
  }

  help(open) {
    this.find('.help').hidden = !open;
    this.find(open ? '.help-close' : '.quiet').focus({ preventScroll: true });
  }

  render() {
    const card = this.cards[this.at];
    this.find('.card').hidden = !card;
    this.find('.rest').hidden = Boolean(card);
    for (const button of this.root.querySelectorAll('.actions button')) {
      const kind = button.dataset.kind;
      button.disabled = kind === 'undo' ? !this.stack.length : !card;
    }
    this.find('.spoken').textContent = card ? `Now: ${card.title}` : '';
    if (card) this.show(card);
    else this.renderRest();
    this.renderQueue();
  }

  show(card) {
    this.find('.meta').textContent = card.meta ?? '';
    this.find('.title').textContent = card.title;
    const authors = card.authors ?? [];
    const folded = !this.unfolded && authors.length > AUTHORS_SHOWN;
    this.find('.authors').hidden = !authors.length;
    this.find('.names').textContent = (folded ? authors.slice(0, AUTHORS_SHOWN) : authors).join(', ');
    this.find('.fold').hidden = authors.length <= AUTHORS_SHOWN;
    this.find('.fold').textContent = folded ? `and ${authors.length - AUTHORS_SHOWN} more` : 'fewer';
    this.find('.reasons').replaceChildren(...(card.reasons ?? []).map((x) => make('li', x)));
    this.find('.abstract').textContent = card.abstract || 'No abstract is known for this paper.';
    this.find('.abstract').classList.toggle('absent', !card.abstract);
    this.find('.origin').textContent = card.origin ?? '';
  }

  renderRest() {
    const waiting = this.pending.length > 0;
    this.find('.rest-title').textContent = waiting ? 'Fetching more…' : this.data.rest.title;
    this.find('.rest-text').textContent = waiting ? '' : this.data.rest.text;
  }

  renderQueue() {
    const items = this.cards.slice(0, this.at + this.data.shows).map((card, place) => {
      if (place === this.at) return null;
      const button = make('button', '', { type: 'button', title: card.title });
      button.append(make('span', card.title));
      button.classList.toggle('passed', place < this.at);
      button.onclick = () => this.move(place);
      const item = document.createElement('li');
      item.append(button);
      return item;
    });
    this.find('.queue').replaceChildren(...items.filter(Boolean));
    this.find('.next').hidden = this.cards.length < 2;
    this.find('.next-title').textContent = 'Next in the queue';
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let deck = decks.get(parentElement);
  if (!deck) {
    deck = new Deck(parentElement, data);
    decks.set(parentElement, deck);
  }
  deck.receive(data, setTriggerValue);
  return () => {
    deck.close();
    decks.delete(parentElement);
  };
}
