// The papers in the order in which they are shown, and what an answer does to that order.

const HERE = 'paperloop.paper'; // the paper in focus in this tab
const NAMED = 'paperloop.named'; // the one that this tab last put into the address
const MOST_HELD = 100; // ids in one request
const MOST_NAMED = 24; // actions whose papers have a title, so that an undo can say what is back

class Queue {
  // The papers whose cards need not be sent again: those that may come next, or back by undo.
  get holds() {
    const near = [...this.cards.slice(-MOST_HELD), ...this.stack.slice(-MOST_NAMED)];
    return near.map((x) => x.paper_id).filter((x) => this.known.has(x));
  }

  constructor() {
    this.cards = [];
    this.at = 0; // the place of the paper in focus
    this.known = new Map(); // every card seen here, by paper
    this.stack = []; // what can be undone, newest last
  }

  get focus() {
    return this.cards[this.at];
  }

  // Keep the paper in focus and what was passed over in their places; re-rank the rest.
  // A card that is held already comes with what has changed about it only.
  deal(data, first) {
    const cards = data.cards.map((x) => ({ ...this.known.get(x.paper_id), ...x }));
    for (const card of cards) this.known.set(card.paper_id, card);
    const oldest = data.undo[0]?.event_id;
    const older = first ? [] : this.stack.filter((x) => x.event_id && x.event_id < oldest);
    const undo = data.undo.map((x) => ({ ...x, title: x.title || this.known.get(x.paper_id)?.title }));
    this.stack = [...older, ...undo];
    const gone = new Set(data.undo.map((x) => x.paper_id));
    const stays = (x) => x.stands || !gone.has(x.paper_id); // the address asked for a judged one
    const kept = first ? [] : this.cards.slice(0, this.at + 1).filter(stays);
    const focus = kept.length && kept.at(-1) === this.focus;
    const fresh = new Map(cards.map((x) => [x.paper_id, x]));
    const held = kept
      .filter((x, i) => fresh.has(x.paper_id) || (focus && i === kept.length - 1))
      .map((x) => fresh.get(x.paper_id) ?? x);
    const shown = new Set(held.map((x) => x.paper_id));
    this.cards = [...held, ...cards.filter((x) => !shown.has(x.paper_id))];
    this.at = Math.max(0, Math.min(focus ? held.length - 1 : held.length, this.cards.length - 1));
    if (data.focus && first) this.put(data.focus); // later the address is only behind the deck
  }

  // Show a paper that the address asks for, but not one that this tab has just judged or left.
  put(card) {
    const [here, named] = [HERE, NAMED].map((x) => sessionStorage.getItem(x));
    if (card.stands && here === card.paper_id) return;
    if (named === card.paper_id && here !== named) return; // the address had not caught up
    this.known.set(card.paper_id, card);
    this.cards = [card, ...this.cards.filter((x) => x.paper_id !== card.paper_id)];
    this.at = 0;
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
    if (to < 0 || to >= this.cards.length) return false;
    this.at = to;
    return true;
  }

  shown(n) {
    return this.cards.slice(this.at, this.at + n);
  }
}
