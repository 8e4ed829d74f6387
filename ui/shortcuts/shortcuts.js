// Keys that work on every page: the list of keys, a search, G and a letter, and the palette.

const WAIT_MS = 1500; // for the letter behind G
const ASK_MS = 200; // of silence before papers are looked for
const held = new WeakMap();

class Shortcuts {
  constructor(root) {
    this.root = root;
    this.find = (selector) => root.querySelector(selector);
    this.key = (event) => this.press(event);
    this.show = () => {
      this.hold(true);
      this.find('.keys').showModal();
    };
    // Before the papers' own listeners: a letter behind G is not an answer to a paper.
    document.addEventListener('keydown', this.key, true);
    window.addEventListener('paperloop-keys', this.show);
    this.find('dl').append(...[...ACTIONS, ...MOVES, ...IN_ROWS, ...ANYWHERE].flatMap(keyRow));
    for (const dialog of root.querySelectorAll('dialog')) {
      dialog.querySelector('.close').onclick = () => dialog.close();
      dialog.onclick = (event) => event.target === dialog && dialog.close();
      dialog.onclose = () => this.hold(false);
    }
    this.find('.palette input').oninput = (event) => this.typed(event.target.value);
    this.find('.palette').onkeydown = (event) => this.choose(event);
  }

  close() {
    document.removeEventListener('keydown', this.key, true);
    window.removeEventListener('paperloop-keys', this.show);
    this.hold(false);
  }

  receive(data, setTriggerValue) {
    this.data = data;
    this.trigger = setTriggerValue;
    if (this.find('.palette').open) this.list();
  }

  // While a dialog of this component is open, the papers' keys rest.
  hold(on) {
    window.paperloopKeysHeld = on;
  }

  press(event) {
    if (!this.root.host?.isConnected) return;
    const name = event.key.toLowerCase();
    const open = this.find('dialog[open]');
    if ((event.ctrlKey || event.metaKey) && name === 'k') {
      event.preventDefault();
      return this.openPalette();
    }
    if (open?.matches('.keys') && name === '?') return open.close();
    if (open || typed(event) || document.querySelector('[role=dialog],dialog[open]')) return;
    if (this.going) return this.go(event, name);
    const acts = {
      '?': () => this.show(),
      '/': () => this.search(),
      g: () => {
        this.going = true;
        this.wait = setTimeout(() => (this.going = false), WAIT_MS);
      },
    };
    if (!acts[name]) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    acts[name]();
  }

  go(event, name) {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.going = false;
    clearTimeout(this.wait);
    if (PAGES[name]) goTo(inApp(PAGES[name][1]));
  }

  search() {
    const box = document.querySelector('[data-testid=stMain] input[type=search]');
    if (box) return box.focus();
    goTo(inApp('search'));
  }

  // -- the palette ---------------------------------------------------------

  openPalette() {
    const dialog = this.find('.palette');
    if (dialog.open) return dialog.close();
    this.hold(true);
    dialog.showModal();
    this.find('.palette input').value = '';
    this.words = '';
    this.at = 0;
    this.list();
    this.find('.palette input').focus();
  }

  typed(words) {
    this.words = words.trim();
    this.at = 0;
    this.list();
    clearTimeout(this.asking);
    if (this.words.length > 1) {
      this.asking = setTimeout(() => this.trigger('sought', this.words.slice(0, 200)), ASK_MS);
    }
  }

  get choices() {
    const words = (this.words ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const named = (name) => words.every((x) => name.toLowerCase().includes(x));
    const pages = Object.values(PAGES).map(([name, page]) => ['Page', name, inApp(page)]);
    const lists = (this.data?.lists ?? []).map((x) => [
      'List', x.name, inApp('library', { shelf: 'Reading lists', list: x.name }),
    ]);
    const tags = (this.data?.tags ?? []).map((x) => ['Tag', x, inApp('library', { tag: x })]);
    const papers = this.data?.words === this.words && this.words
      ? this.data.papers.map((x) => ['Paper', x.title, paperPage(x)])
      : [];
    const search = this.words ? [['Search', `Search for “${this.words}”`, inApp('search', { q: this.words })]] : [];
    return [...[...pages, ...lists, ...tags].filter(([, name]) => named(name)), ...papers, ...search].slice(0, 14);
  }

  list() {
    const items = this.choices.map(([kind, name, href], i) => {
      const item = make('li', '', { role: 'option', id: `choice-${i}` });
      item.setAttribute('aria-selected', String(i === this.at));
      item.append(make('span', kind, { className: 'kind' }), make('span', name));
      item.onclick = () => this.take(href);
      return item;
    });
    this.find('.choices').replaceChildren(...items);
    this.find('.palette input').setAttribute('aria-activedescendant', `choice-${this.at}`);
    items[this.at]?.scrollIntoView({ block: 'nearest' });
  }

  choose(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const choices = this.choices;
    if (by) {
      event.preventDefault();
      this.at = Math.max(0, Math.min(this.at + by, choices.length - 1));
      this.list();
    } else if (event.key === 'Enter' && choices[this.at]) {
      event.preventDefault();
      this.take(choices[this.at][2]);
    }
  }

  take(href) {
    this.find('.palette').close();
    goTo(href);
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let shortcuts = held.get(parentElement);
  if (!shortcuts) {
    shortcuts = new Shortcuts(parentElement);
    held.set(parentElement, shortcuts);
  }
  shortcuts.receive(data, setTriggerValue);
  return () => {
    shortcuts.close();
    held.delete(parentElement);
  };
}
