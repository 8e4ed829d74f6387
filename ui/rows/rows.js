// Papers in rows, the same on every page: one line each, or in full; one keyboard for all.

const RENEW_MS = 20 * 60 * 1000; // well inside the life of a token
const PATIENCE_MS = 4000; // until a rerun that never came is asked for again
const NOTE_MS = 800; // of silence before a note is saved
const MOST_HELD = 200; // papers named in a request, of which only news are sent
const [FEW_AUTHORS, MOST_AUTHORS] = [8, 100]; // named in full, and where the row is unfolded
const VERDICTS = ['like', 'skip', 'dislike'];
const KINDS = [...VERDICTS, 'save'];
const DONE = { like: 'Liked', skip: 'Skipped', dislike: 'Not interested', save: 'Saved' };
const actionFor = (kind) => ACTIONS.find((x) => x.kind === kind);
const instances = new WeakMap();
const live = (window.paperloopRows ??= new Set());

class Rows {
  constructor(root, data) {
    this.root = root;
    this.nodes = new Map(); // row elements by paper
    this.known = new Map(); // the newest of every row seen here, by paper
    this.open = new Set(); // papers whose row is unfolded
    this.local = new Map(); // what this page changed and the data do not yet show, by paper
    this.stack = []; // actions that can be undone, newest last; several at once stand together
    this.at = null; // the paper in focus
    this.led = null; // the paper that an answer led to, until the reader moves on
    this.asked = 0;
    this.find = (selector) => root.querySelector(selector);
    const asks = () => this.data?.queue && { ...this.data.queue, holds: [...this.known.keys()].slice(-MOST_HELD) };
    this.outbox = new Outbox(data.library, data.reader, (news) => this.hear(news), asks);
    this.key = (event) => this.press(event);
    document.addEventListener('keydown', this.key);
    this.renewal = setInterval(() => this.ask(), RENEW_MS);
    this.find('.list').addEventListener('focusin', (event) => {
      const row = event.target.closest('.row');
      if (row) this.mark(row.dataset.paper);
    });
    for (const dialog of root.querySelectorAll('dialog')) {
      dialog.querySelector('.close').onclick = () => dialog.close();
      dialog.onclick = (event) => event.target === dialog && dialog.close();
    }
    this.find('.ask form').onsubmit = (event) => this.answered(event);
    live.add(this);
  }

  close() {
    document.removeEventListener('keydown', this.key);
    clearInterval(this.renewal);
    live.delete(this);
    this.outbox.close();
  }

  // -- from Python ---------------------------------------------------------

  receive(data, setTriggerValue) {
    this.trigger = setTriggerValue;
    if (data.serial === this.serial) return;
    this.serial = data.serial;
    const first = !this.data;
    this.asked = 0;
    this.outbox.use(data.endpoint, data.token);
    const before = this.data?.queue && data.asked === this.data.asked ? this.data.last_event_id : 0;
    if (data.last_event_id < before) this.catchUp(data);
    else this.show(data);
    if (first && data.alone) this.at = this.cards[0]?.paper_id ?? null; // the page is about it
    if (first) this.restore();
    if (this.dirty) this.ask();
  }

  // A page that began before the last answers knows the reader's own words, but no order.
  catchUp({ rows, last_event_id, ...other }) {
    Object.assign(this.data, other);
    for (const { paper_id, tags, note, reading } of rows) {
      const held = this.card(paper_id);
      if (held) this.paint(Object.assign(held, { tags, note, reading }));
    }
    this.outbox.renewQueue();
  }

  // Show rows, whole from Python or ranked again by the route.
  show(data) {
    const first = !this.data;
    for (const row of data.rows) this.known.set(row.paper_id, row);
    const kept = !first && data.asked === this.data.asked ? this.keep(data) : [];
    const shown = new Set(kept.map((x) => x.paper_id));
    const known = new Set(data.rows.map((x) => x.paper_id));
    data.rows = [...kept, ...data.rows.filter((x) => !shown.has(x.paper_id))];
    this.data = data;
    for (const [paper, held] of this.local) {
      // A paper that only this page still shows has no newer state than the one held here.
      const newer = known.has(paper) || !shown.has(paper);
      if (newer && held.event_id && held.event_id <= data.last_event_id) this.local.delete(paper);
    }
    this.find('.rows').classList.toggle('dense', data.dense);
    this.find('.rows').classList.toggle('alone', data.alone);
    this.render();
  }

  // Where papers are gone through from the top, all up to the one in focus and the last one
  // answered stay in their places; what follows is ranked again.
  keep(data) {
    if (!data.triage) return [];
    const answered = this.cards.findLastIndex((x) => this.judged(x));
    const focus = this.cards.findIndex((x) => x.paper_id === this.at);
    const fresh = new Map(data.rows.map((x) => [x.paper_id, x]));
    return this.cards.slice(0, Math.max(answered, focus) + 1).map((x) => fresh.get(x.paper_id) ?? x);
  }

  ask() {
    if (!this.trigger) return;
    if (Date.now() - this.asked < PATIENCE_MS) {
      this.dirty = true; // one rerun at a time
      return;
    }
    this.dirty = false;
    this.asked = Date.now();
    this.trigger('stored', this.asked);
  }

  // What is no answer to a paper goes to Python as it is: notes, lists, tags, order, picks.
  tell(what, more) {
    this.trigger('told', { what, ...more, n: Date.now() });
  }

  hear({ stored = [], refused = [], queue, owed, expired, problem }) {
    for (const { key, event_id } of stored) {
      for (const held of this.local.values()) if (held.key === key) held.event_id = event_id;
      for (const group of this.stack) for (const x of group) if (x.key === key) x.event_id = event_id;
    }
    for (const { key, why } of refused) {
      for (const [paper, held] of this.local) if (held.key === key) this.local.delete(paper);
      this.stack = this.stack.map((group) => group.filter((x) => x.key !== key)).filter((x) => x.length);
      this.say(why, true);
    }
    if (problem) this.say(`Not saved yet, trying again. ${problem}`, true);
    if (refused.length) this.render();
    const { queue: ranks, last_event_id } = this.data;
    if (ranks && queue?.rows.length && queue.last_event_id >= last_event_id) {
      const rows = queue.rows.map((x) => ({ ...this.known.get(x.paper_id), ...x }));
      this.show({ ...this.data, rows, last_event_id: queue.last_event_id });
    } else if (queue ? !queue.rows.length : !(ranks && owed)) {
      if (queue || stored.length || refused.length || expired) this.ask();
    }
  }

  // -- what stands of a paper ----------------------------------------------

  get cards() {
    return this.data?.rows ?? [];
  }

  card(paper) {
    return this.cards.find((x) => x.paper_id === paper);
  }

  held(card) {
    return { verdict: card.verdict, saved: card.saved, ...this.local.get(card.paper_id) };
  }

  stands(card, kind) {
    const held = this.held(card);
    return kind === 'save' ? held.saved : held.verdict === kind;
  }

  judged(card) {
    const held = this.held(card);
    return Boolean(held.verdict || held.saved);
  }

  // -- from the reader -----------------------------------------------------

  press(event) {
    if (!this.root.host?.isConnected || !this.mine()) return;
    const name = event.key.toLowerCase();
    if (this.find('dialog[open]') || typed(event)) return;
    const card = this.card(this.at);
    if (event.altKey || (event.shiftKey && name !== '?')) return;
    if (keysHeld()) return;
    if (name === 'j' || name === 'k') {
      this.led = null;
      return this.step(name === 'j' ? 1 : -1, event);
    }
    const undo = name === 'u' || name === 'z';
    if (undo && (this.stack.length || (card && this.judged(card)))) {
      event.preventDefault();
      return this.undo(card);
    }
    if (!card) return;
    const kind = KINDS.find((x) => actionFor(x).keys[0] === name);
    const acts = {
      o: () => this.openOut(card),
      d: () => !this.data.alone && goTo(paperPage(card)),
      m: () => goTo(similarPage(card)),
      t: () => this.askText('tag', card),
      a: () => this.askText('list', card),
      x: () => this.data.picks && this.pick(card.paper_id),
      enter: () => event.composedPath()[0] === this.nodes.get(this.at) && this.unfold(card),
    };
    if (!kind && !acts[name]) return;
    if (kind || name !== 'enter') event.preventDefault();
    if (!kind) return acts[name]();
    if (this.vote(card, kind) && VERDICTS.includes(kind)) {
      this.step(1);
      this.led = this.at;
    }
  }

  // Of several groups of rows on a page the one with the focus takes the keys, else the first.
  mine() {
    const there = [...live].filter((x) => x.root.host?.isConnected && x.cards.length);
    const isBefore = (a, b) => a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING;
    there.sort((a, b) => (isBefore(a.root.host, b.root.host) ? -1 : 1));
    return (there.find((x) => x.root.activeElement) ?? there[0]) === this;
  }

  step(by, event) {
    event?.preventDefault();
    const ids = this.cards.map((x) => x.paper_id);
    const to = this.at === null ? 0 : ids.indexOf(this.at) + by;
    const row = this.nodes.get(ids[Math.max(0, Math.min(to, ids.length - 1))]);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }

  mark(paper) {
    if (this.at === paper) return;
    this.at = paper;
    for (const [id, row] of this.nodes) row.classList.toggle('current', id === paper);
    sessionStorage.setItem(this.place, paper);
  }

  // Where the reader was on this address, so that Back and a reload return to it.
  get place() {
    return `paperloop.row.${this.data.name}.${window.location.pathname}${window.location.search}`;
  }

  restore() {
    const paper = sessionStorage.getItem(this.place);
    const row = paper && this.nodes.get(paper);
    if (!row || this.data.alone || document.activeElement?.matches('input,textarea')) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'center' });
  }

  vote(card, kind) {
    if (this.stands(card, kind)) return false;
    const entry = entryOf(card, kind);
    this.stack.push([{ ...entry, title: card.title }]);
    this.apply(card, kind, entry.key);
    this.send([entry]);
    this.say(`${DONE[kind]}: ${card.title}`);
    return true;
  }

  skipAbove(card) {
    const above = this.cards.slice(0, this.cards.indexOf(card)).filter((x) => !this.judged(x));
    if (!above.length) return this.say('Nothing above is left to skip.');
    const entries = above.map((x) => entryOf(x, 'skip'));
    entries.forEach((entry, i) => this.apply(above[i], 'skip', entry.key));
    this.stack.push(entries.map((x, i) => ({ ...x, title: above[i].title })));
    this.send(entries);
    this.say(`Skipped ${entries.length === 1 ? '1 paper' : `${entries.length} papers`} above.`);
  }

  apply(card, kind, key) {
    const held = this.held(card);
    const next = kind === 'save' ? { ...held, saved: true } : { ...held, verdict: kind };
    this.local.set(card.paper_id, { verdict: next.verdict, saved: next.saved, key });
    this.paint(card);
  }

  // Undo the last action if it led to the paper in focus, or if its papers have left the page, as
  // they leave a shelf; else the paper in focus if it is judged; else the last action made here.
  undo(card) {
    let group = null;
    const left = this.stack.at(-1)?.every((x) => !this.card(x.paper_id));
    const led = this.stack.length && card?.paper_id === this.led;
    if (!left && !led && card && this.judged(card)) {
      group = this.stack.findLast((x) => x.length === 1 && x[0].paper_id === card.paper_id);
      group ??= [{ paper_id: card.paper_id, event_id: card.undoes, title: card.title }];
    }
    group ??= this.stack.at(-1);
    this.stack = this.stack.filter((x) => x !== group);
    const entries = group.map((x) => {
      const shown = this.card(x.paper_id) ?? x;
      const entry = entryOf(shown, 'undo');
      if (x.event_id) entry.undoes = x.event_id;
      this.local.set(x.paper_id, { verdict: null, saved: false, key: entry.key });
      if (this.card(x.paper_id)) this.paint(shown);
      return entry;
    });
    this.send(entries);
    this.say(group.length === 1 ? `Undone: ${group[0].title}` : `Undone: ${group.length} papers.`);
  }

  openOut(card) {
    if (!/^https?:/.test(card.link)) return;
    window.open(card.link, '_blank', 'noopener,noreferrer');
    this.send([entryOf(card, 'open')]);
  }

  send(entries) {
    for (const entry of entries) this.outbox.add(entry);
  }

  unfold(card) {
    if (!this.open.delete(card.paper_id)) this.open.add(card.paper_id);
    this.paint(card);
    if (this.data.queue && !card.reasons) this.ask(); // for why it is here
  }

  pick(paper, range = false) {
    const ids = this.cards.map((x) => x.paper_id);
    const picked = new Set(this.data.picks);
    const on = !picked.has(paper);
    const [a, b] = [ids.indexOf(range && this.last ? this.last : paper), ids.indexOf(paper)];
    const changed = ids.slice(Math.min(a, b), Math.max(a, b) + 1);
    for (const x of changed) picked[on ? 'add' : 'delete'](x);
    this.last = paper;
    this.data.picks = [...picked];
    for (const x of changed) this.paint(this.card(x));
    this.tell('pick', { paper_ids: changed, on });
  }

  move(paper, to) {
    const from = this.cards.findIndex((x) => x.paper_id === paper);
    const place = Math.max(0, Math.min(to, this.cards.length - 1));
    if (from < 0 || place === from) return;
    const [card] = this.data.rows.splice(from, 1);
    this.data.rows.splice(place, 0, card);
    this.render();
    this.nodes.get(paper).focus({ preventScroll: true });
    this.say(`${place + 1} of ${this.cards.length}: ${card.title}`);
    this.tell('move', { paper_id: paper, by: place - from });
  }

  askText(what, card) {
    const dialog = this.find('.ask');
    const tag = what === 'tag';
    dialog.dataset.what = what;
    dialog.dataset.paper = card.paper_id;
    dialog.querySelector('h3').textContent = tag ? 'Tag this paper' : 'Add to a reading list';
    dialog.querySelector('label span').textContent = tag ? 'Tag' : 'A list, or the name of a new one';
    dialog.querySelector('input').value = '';
    const names = tag ? this.data.tags : this.data.lists.map((x) => x.name);
    dialog.querySelector('datalist').replaceChildren(...names.map((x) => make('option', '', { value: x })));
    dialog.querySelector('.choices').replaceChildren(
      ...names.slice(0, 9).map((name) => make('button', name, { type: 'button', onclick: () => this.chosen(name) })),
    );
    dialog.showModal();
    dialog.querySelector('input').focus();
  }

  answered(event) {
    event.preventDefault();
    this.chosen(this.find('.ask input').value.trim());
  }

  chosen(name) {
    const dialog = this.find('.ask');
    const { what, paper } = dialog.dataset;
    dialog.close();
    if (name) this.tell(what, { paper_id: paper, name: name.slice(0, 120) });
    this.nodes.get(paper)?.focus({ preventScroll: true });
  }

  async copy(text, what) {
    await copyText(text).then(
      () => this.say(`${what} copied.`),
      () => this.say('The browser does not allow copying here.', true),
    );
  }

  // -- to the screen -------------------------------------------------------

  say(text, warning = false) {
    this.find('.note').textContent = text;
    this.find('.note').classList.toggle('warning', warning);
    clearTimeout(this.silence);
    if (!warning) this.silence = setTimeout(() => (this.find('.note').textContent = ''), 6000);
  }

  render() {
    const active = this.root.activeElement;
    const focused = active?.closest('.row')?.dataset.paper;
    const role = active?.dataset.role;
    const list = this.find('.list');
    for (const card of this.cards) {
      if (!this.nodes.has(card.paper_id)) this.nodes.set(card.paper_id, this.build(card.paper_id));
      this.paint(card);
    }
    const order = this.cards.map((x) => this.nodes.get(x.paper_id));
    const same = order.length === list.children.length && order.every((x, i) => x === list.children[i]);
    if (!same) list.replaceChildren(...order);
    if (focused && this.root.activeElement !== active) {
      const row = this.nodes.get(focused);
      (row?.querySelector(`[data-role="${role}"]`) ?? row)?.focus({ preventScroll: true });
    }
  }

  build(paper) {
    const row = make('li', '', { className: 'row', tabIndex: -1 });
    row.dataset.paper = paper;
    row.append(this.find('template').content.cloneNode(true));
    const on = (selector, name, act) => {
      const element = row.querySelector(selector);
      element?.addEventListener(name, (event) => act(this.card(paper), event));
    };
    on('.pick', 'click', (card, event) => {
      event.preventDefault();
      setTimeout(() => this.pick(paper, event.shiftKey));
    });
    on('.line', 'click', (card, event) => {
      if (this.data.dense && !event.target.closest('a,button,input,label')) this.unfold(card);
    });
    on('.unfold', 'click', (card) => this.unfold(card));
    for (const kind of KINDS) {
      on(`[data-kind=${kind}]`, 'click', (card, event) => event.detail < 2 && this.vote(card, kind));
    }
    on('[data-kind=undo]', 'click', (card, event) => event.detail < 2 && this.undo(card));
    on('[data-role=near]', 'click', (card, event) => this.follow(event, similarPage(card)));
    on('[data-role=details]', 'click', (card, event) => this.follow(event, paperPage(card)));
    on('[data-role=list]', 'click', (card) => this.askText('list', card));
    on('[data-role=tag]', 'click', (card) => this.askText('tag', card));
    on('[data-role=above]', 'click', (card) => this.skipAbove(card));
    on('[data-role=remove]', 'click', () => this.tell('remove', { paper_id: paper }));
    on('[data-role=bibtex]', 'click', (card) => this.copy(card.bibtex, 'BibTeX'));
    on('[data-role=address]', 'click', (card) => this.copy(card.link, 'Link'));
    on('.reading', 'change', (card, event) => this.tell('status', { paper_id: paper, status: event.target.value }));
    for (const [role, to] of [['top', () => 0], ['up', (i) => i - 1], ['down', (i) => i + 1]]) {
      on(`[data-role=${role}]`, 'click', (card) => this.move(paper, to(this.cards.indexOf(card))));
    }
    this.letNote(row, paper);
    this.letDrag(row, paper);
    return row;
  }

  follow(event, href) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    goTo(href);
  }

  // A note is saved as it is typed, and when it is left in whatever way.
  letNote(row, paper) {
    const area = row.querySelector('textarea');
    let timer = null;
    const save = () => {
      clearTimeout(timer);
      if (area.value === (this.card(paper)?.note ?? '')) return;
      this.card(paper).note = area.value;
      this.tell('note', { paper_id: paper, text: area.value });
      this.say('Note saved.');
    };
    area.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(save, NOTE_MS);
    });
    area.addEventListener('blur', save);
    area.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      save();
      row.focus({ preventScroll: true });
    });
  }

  letDrag(row, paper) {
    const handle = row.querySelector('.handle');
    handle.addEventListener('dragstart', (event) => {
      this.dragged = paper;
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', this.card(paper).title);
      event.dataTransfer.setDragImage(row, 0, 0);
    });
    handle.addEventListener('keydown', (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.move(paper, this.cards.findIndex((x) => x.paper_id === paper) + by);
      this.nodes.get(paper).querySelector('.handle').focus();
    });
    row.addEventListener('dragover', (event) => {
      if (!this.dragged) return;
      event.preventDefault();
      row.classList.add('target');
    });
    row.addEventListener('dragleave', () => row.classList.remove('target'));
    row.addEventListener('drop', (event) => {
      event.preventDefault();
      row.classList.remove('target');
      const moved = this.dragged;
      this.dragged = null;
      if (moved) this.move(moved, this.cards.findIndex((x) => x.paper_id === paper));
    });
  }

  paint(card) {
    const row = this.nodes.get(card.paper_id);
    if (!row) return;
    const { dense, alone, ordered, list, picks } = this.data;
    const held = this.held(card);
    const unfolded = !dense || this.open.has(card.paper_id);
    const one = (selector) => row.querySelector(selector);
    row.classList.toggle('unfolded', unfolded);
    row.classList.toggle('judged', Boolean(held.verdict));
    row.setAttribute('aria-label', card.title);
    paintTitle(one('.title'), card, alone);
    paintStatus(one('.badges'), card.status ?? []);
    const names = card.authors ?? [];
    const few = names.length > 2 ? `${names[0]} et al.` : names.join(', ');
    one('.brief').textContent = [few, card.brief].filter(Boolean).join(' · ');
    this.paintFound(one('.found'), card);
    one('.stands').textContent = [DONE[held.verdict], held.saved && 'Saved'].filter(Boolean).join(' · ');
    one('.pick').hidden = !picks;
    one('.pick').checked = Boolean(picks?.includes(card.paper_id));
    one('.pick').setAttribute('aria-label', `Select: ${card.title}`);
    one('.handle').hidden = !ordered;
    one('.handle').textContent = String(this.cards.indexOf(card) + 1);
    one('.unfold').hidden = !dense;
    one('.unfold').setAttribute('aria-expanded', String(unfolded));
    for (const kind of KINDS) {
      const button = one(`[data-kind=${kind}]`);
      const on = this.stands(card, kind);
      button.querySelector('span').textContent = on ? DONE[kind] : actionFor(kind).label;
      button.setAttribute('aria-pressed', String(on));
      button.title = on ? `${DONE[kind]}; Undo (U) reverts it` : `${actionFor(kind).tip} (${actionFor(kind).hint[0]})`;
    }
    one('[data-kind=undo]').hidden = !this.judged(card);
    one('.more').hidden = one('.tools').hidden = !unfolded;
    if (unfolded) this.paintMore(row, card, { alone, ordered, list });
  }

  // Of a search: names and a piece of the abstract with what was looked for, and the address.
  paintFound(element, card) {
    element.hidden = !card.found;
    if (!card.found) return;
    const { authors, abstract, address } = card.found;
    const lines = [authors[1].length ? authors : ['', []], abstract].filter(([text]) => text);
    const told = () => this.send([entryOf(card, 'open')]);
    const where = address ? [webLink(address.replace(/^https?:\/\//, ''), address, told)] : [];
    const parts = [...lines.map((x) => marked(x)), where].filter((x) => x.length);
    element.replaceChildren(...parts.flatMap((x, i) => (i ? [' · ', ...x] : x)));
  }

  paintMore(row, card, { alone, ordered, list }) {
    const one = (selector) => row.querySelector(selector);
    const names = card.authors ?? [];
    const most = alone || this.open.has(card.paper_id) ? MOST_AUTHORS : FEW_AUTHORS;
    one('.authors').replaceChildren(...authorLinks(names, most));
    if (names.length > most) one('.authors').append(` and ${names.length - most} more`);
    one('.meta').textContent = card.meta ?? '';
    one('.reasons').replaceChildren(...(card.reasons ?? []).map((x) => make('li', x)));
    one('.chance').textContent = card.chance ?? '';
    one('.why').hidden = !card.reasons?.length && !card.chance;
    one('.fellows').textContent = card.fellows ?? '';
    one('details').hidden = !card.abstract;
    if (alone || this.data.whole || this.data.dense) one('details').open = true;
    setLinked(one('.abstract'), card);
    one('.origin').textContent = card.origin ?? '';
    const told = () => this.send([entryOf(card, 'open')]);
    one('.doors').replaceChildren(...(card.doors ?? []).map(([label, href]) => webLink(label, href, told)));
    one('.tags').replaceChildren(...(card.tags ?? []).map((x) => make('span', x, { className: 'tag' })));
    one('.reading').value = card.reading ?? '';
    one('[data-role=near]').href = similarPage(card);
    one('[data-role=details]').href = paperPage(card);
    one('[data-role=details]').hidden = alone;
    one('[data-role=above]').hidden = !this.data.triage;
    one('[data-role=remove]').hidden = !list;
    for (const role of ['top', 'up', 'down']) one(`[data-role=${role}]`).hidden = !ordered;
    one('.own-note').textContent = card.own_note ? `Note on the paper: ${card.own_note}` : '';
    one('.own-note').hidden = !card.own_note;
    const area = one('textarea');
    if (this.root.activeElement !== area) area.value = card.note ?? '';
  }
}

function setLinked(element, card) {
  if (card.rich?.abstract) setText(element, card.abstract, card.rich.abstract);
  else element.replaceChildren(...linked(card.abstract ?? ''));
}

// The title leads to the paper's page; what was looked for is marked.
function paintTitle(element, card, alone) {
  element.hidden = alone;
  const link = element.querySelector('a') ?? appLink('', paperPage(card));
  if (!element.contains(link)) element.replaceChildren(link);
  const hits = card.found?.title ?? [card.title, []];
  const shown = JSON.stringify(hits);
  if (link.dataset.shown === shown) return;
  link.dataset.shown = shown;
  if (card.rich?.title) setText(link, card.title, card.rich.title);
  else link.replaceChildren(...marked(hits));
}

// Text with marks from character to character, as Python counts them.
function marked([text, places]) {
  const characters = Array.from(text);
  const parts = [];
  let from = 0;
  for (const [a, b] of places) {
    parts.push(characters.slice(from, a).join(''), make('mark', characters.slice(a, b).join('')));
    from = b;
  }
  return [...parts, characters.slice(from).join('')];
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let rows = instances.get(parentElement);
  if (!rows) {
    rows = new Rows(parentElement, data);
    instances.set(parentElement, rows);
  }
  rows.receive(data, setTriggerValue);
  return () => {
    rows.close();
    instances.delete(parentElement);
  };
}
