// The triage deck: holds the next papers, shows the next one at once, and asks
// for a re-ranked queue once an action is stored.

const RENEW_MS = 20 * 60 * 1000; // well inside the life of a token
const PATIENCE_MS = 4000; // until a rerun that never came is asked for again
const FULL = `${MOST_WAITING} answers wait to be saved; no more is taken until the server answers.`;
const ADDRESS_MS = 400; // browsers bound how often an address may change
const decks = new WeakMap();

class Deck {
  constructor(root, data) {
    this.root = root;
    this.queue = new Queue();
    this.seen = new Map(); // what was on the screen before each action, by its paper
    this.last = null; // the kind of the newest action made here
    this.unfolded = false;
    this.asked = 0;
    const asks = () => this.data && { ...this.data.asks, holds: this.queue.holds };
    this.outbox = new Outbox(data.library, data.reader, (news) => this.hear(news), asks);
    // Actions that the shown slate does not yet reflect; some may be left of an earlier tab.
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
    clearTimeout(this.naming);
    sessionStorage.removeItem(NAMED); // whatever the address names next, somebody asks for
    if (window.paperloopDeck === this) window.paperloopDeck = null; // the next press finds the other
    this.outbox.close();
  }

  build() {
    const act = (kind) => this.act(kind);
    this.find('.actions').append(...ACTIONS.map((x) => actionButton(x, act)));
    this.find('.moves').append(...MOVES.filter((x) => !x.offBar).map((x) => actionButton(x, act)));
    letSwipe(this.find('.card'), { right: () => act('like'), left: () => act('skip') });
    this.find('.fold').onclick = () => {
      this.unfolded = !this.unfolded;
      this.render();
    };
    for (const dialog of this.root.querySelectorAll('dialog')) {
      dialog.querySelector('.close').onclick = () => this.shut(dialog);
      dialog.onclick = (event) => {
        if (event.target === dialog) this.shut(dialog);
      };
    }
    this.find('.list-make').onclick = () => this.makeList();
    this.find('.list-new input').onkeydown = (event) => {
      if (event.key === 'Enter') this.makeList();
    };
  }

  // -- from Python ---------------------------------------------------------

  receive(data, setTriggerValue) {
    const first = this.data === undefined;
    this.trigger = setTriggerValue;
    if (data.serial === this.serial) return;
    this.serial = data.serial;
    window.paperloopDeck = this; // while a filter changes there may be two for a moment
    this.asked = 0;
    if (first || data.last_event_id >= this.data.last_event_id) {
      this.deal(data, first);
    } else {
      // A page that began before the last answers: their papers would come back.
      const { cards, undo, last_event_id, note, progress, rest, ...other } = data;
      this.data = { ...this.data, ...other };
      this.outbox.renewQueue();
    }
    this.outbox.use(data.endpoint, data.token);
    this.showWaiting();
    if (this.dirty) this.ask('stored');
    if (first) this.nameInAddress(); // what the deck before this one showed may be filtered out
  }

  // Show a queue, whole from Python or what has changed of it from the route.
  deal(data, first = false) {
    const before = this.onScreen.map((x) => x.paper_id);
    this.data = { ...this.data, ...data };
    this.pending = this.pending.filter((x) => !(x.event_id && x.event_id <= data.last_event_id));
    this.queue.deal(data, first);
    this.pending.forEach((entry) => this.queue.apply(entry));
    this.find('.progress').textContent = data.progress;
    if (!this.pending.length) this.say(this.told(before) || data.note);
    this.render();
  }

  told(before) {
    const kind = this.last;
    this.last = null;
    if (!kind || kind === 'open') return '';
    return changeNote(kind, before, this.onScreen, this.undone);
  }

  get onScreen() {
    return this.queue.shown(this.data?.shows ?? 0);
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

  hear({ stored = [], refused = [], queue, owed, expired, problem }) {
    for (const { key, event_id } of stored) {
      const entry = this.pending.find((x) => x.key === key);
      if (entry) entry.event_id = event_id;
    }
    for (const { key, why } of refused) {
      this.pending = this.pending.filter((x) => x.key !== key);
      this.last = null;
      this.say(why, true);
    }
    this.showWaiting();
    if (problem) this.say(`Not saved yet, trying again. ${problem}`, true);
    // Answers may overtake one another, and a page that ran meanwhile may know more.
    if (queue && queue.last_event_id >= this.data.last_event_id) this.deal(queue);
    else if (!queue && !owed && (stored.length || refused.length || expired)) this.ask('stored');
  }

  // -- from the reader -----------------------------------------------------

  press(event) {
    if (!this.root.host?.isConnected) return;
    if ((window.paperloopDeck ??= this) !== this) return;
    const name = event.key.toLowerCase();
    const open = this.find('dialog[open]');
    if (open && name === 'escape') return this.shut(open);
    if (typed(event)) return;
    if (open) return this.pressIn(open, name, event);
    const chosen = actionOf(event, name);
    if (!chosen) return;
    event.preventDefault();
    this.act(chosen.kind);
  }

  pressIn(dialog, name, event) {
    const choice = dialog.querySelectorAll('.list-choices button')[Number(name) - 1];
    if (!choice) return;
    event.preventDefault();
    choice.click();
  }

  act(kind, more = {}, place = '') {
    if (kind === 'help') return window.dispatchEvent(new Event('paperloop-keys'));
    if (kind === 'list') return this.queue.focus && this.chooseList();
    if (kind === 'details') return this.queue.focus && goTo(paperPage(this.queue.focus));
    if (kind === 'near') return this.queue.focus && goTo(similarPage(this.queue.focus));
    if (kind === 'next') return this.move(this.queue.at + 1);
    if (kind === 'previous') return this.move(this.queue.at - 1);
    const undone = kind === 'undo' ? this.queue.stack.at(-1) : null;
    const card = undone ?? this.queue.focus;
    if (!card || (kind === 'undo' && !undone)) return;
    if (this.outbox.full && kind !== 'open') return this.say(FULL, true);
    if (kind === 'open' && /^https?:/.test(card.link)) window.open(card.link, '_blank', 'noopener,noreferrer');
    const entry = { ...entryOf(card, kind), ...more };
    if (undone?.event_id) entry.undoes = undone.event_id;
    this.perform({ ...entry, title: card.title }, place);
    if (!this.outbox.full) this.outbox.add(entry);
    this.showWaiting();
  }

  // The reader followed a link out of the app; the browser opens it.
  opened(card) {
    if (!this.outbox.full) this.outbox.add(entryOf(card, 'open'));
  }

  async copy(text, what) {
    await copyText(text).then(
      () => this.say(`${what} copied.`),
      () => this.say('The browser does not allow copying here.', true),
    );
  }

  perform(action, place) {
    const { kind, paper_id, title } = action;
    this.undone = kind === 'undo' ? this.seen.get(paper_id) : null;
    if (kind !== 'undo') this.seen.set(paper_id, this.onScreen.map((x) => x.paper_id));
    this.last = kind;
    this.queue.apply(action);
    if (kind !== 'open') this.pending.push(action);
    this.unfolded = false;
    if (kind === 'undo') this.say(title ? `Undone: “${title}” is back.` : 'Undone.');
    else this.say(place ? `Saved to “${place}”.` : SAID[kind]);
    this.render();
  }

  // A closed dialog keeps the focus until the next frame, and would swallow the next key.
  shut(dialog) {
    dialog.close();
    if (dialog.contains(this.root.activeElement)) this.root.activeElement.blur();
  }

  chooseList() {
    const choices = this.data.lists.map(({ list_id, name }, i) => {
      const button = make('button', name, { type: 'button' });
      if (i < 9) button.append(make('kbd', String(i + 1)));
      button.onclick = () => {
        this.shut(this.find('.lists'));
        this.act('save', list_id ? { list_id } : { list_name: name }, name);
      };
      return button;
    });
    this.find('.list-choices').replaceChildren(...choices);
    this.find('.lists').showModal();
  }

  makeList() {
    const input = this.find('.list-new input');
    const name = input.value.trim();
    if (!name) return;
    input.value = '';
    this.shut(this.find('.lists'));
    this.act('save', { list_name: name }, name);
    this.data.lists.push({ name }); // until the next rerun brings it with its id
  }

  move(to) {
    if (!this.queue.move(to)) return;
    this.unfolded = false;
    this.render();
    if (this.queue.focus.title !== undefined && !this.queue.focus.reasons) this.ask('look'); // for why it is here
  }

  // -- to the screen -------------------------------------------------------

  say(text, warning = false) {
    this.find('.note').textContent = text;
    this.find('.note').classList.toggle('warning', warning);
  }

  showWaiting() {
    const n = this.outbox.entries.length;
    const text = n === 1 ? '1 answer waits to be saved' : `${n} answers wait to be saved`;
    const kept = this.outbox.unkept ? 'keep this tab open.' : 'this browser keeps them, also when it is closed.';
    this.find('.waiting').hidden = !this.outbox.waits;
    this.find('.waiting').textContent = this.outbox.waits ? `${text}; ${kept}` : '';
  }

  render() {
    const card = this.queue.focus;
    this.find('.card').hidden = !card;
    this.find('.rest').hidden = Boolean(card);
    this.find('.bar').classList.toggle('over', !card);
    const off = {
      undo: !this.queue.stack.length,
      next: this.queue.at >= this.queue.cards.length - 1,
      previous: this.queue.at === 0,
      help: false,
    };
    for (const button of this.root.querySelectorAll('.bar button')) {
      button.disabled = off[button.dataset.kind] ?? !card;
    }
    this.find('.spoken').textContent = card ? `Now: ${card.title}` : '';
    if (card) {
      paintCard(this.find, card, this.unfolded, () => this.opened(card), (...given) => this.copy(...given));
    }
    else paintRest(this.find, this.data.rest, this.pending.length > 0);
    this.renderQueue();
    sessionStorage.setItem(HERE, card?.paper_id ?? '');
    clearTimeout(this.naming);
    this.naming = setTimeout(() => this.nameInAddress(), ADDRESS_MS);
  }

  renderQueue() {
    const active = this.root.activeElement?.dataset.paper;
    const items = this.queue.cards.slice(0, this.queue.at + this.data.shows).map((card, place) =>
      place === this.queue.at ? null : queueItem(card, place < this.queue.at, () => {
        this.move(place);
        this.find('.title').focus({ preventScroll: true });
      }),
    );
    this.find('.queue').replaceChildren(...items.filter(Boolean));
    this.find('.next').hidden = this.queue.cards.length < 2;
    this.find('.next-title').textContent = 'Next in the queue';
    if (!active) return;
    const again = [...this.root.querySelectorAll('.queue button')].find((x) => x.dataset.paper === active);
    again?.focus({ preventScroll: true });
  }

  // The address names the paper in focus, so that it can be shared and comes back after a reload.
  nameInAddress() {
    const address = new URL(window.location.href);
    const card = this.queue.focus;
    if (card) address.searchParams.set('paper', card.paper_id);
    else address.searchParams.delete('paper');
    sessionStorage.setItem(NAMED, card?.paper_id ?? '');
    window.history.replaceState(window.history.state, '', address);
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let deck = decks.get(parentElement);
  if (!deck) {
    deck = new Deck(parentElement, data);
    decks.set(parentElement, deck);
    // A reader who comes from far down another page, as from Start, would not see the paper.
    document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);
  }
  deck.receive(data, setTriggerValue);
  return () => {
    deck.close();
    decks.delete(parentElement);
  };
}
