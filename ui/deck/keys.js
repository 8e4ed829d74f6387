// The keys of the app in one table: what can be done with a paper, with the queue, and anywhere.

const ACTIONS = [
  { kind: 'like', label: 'Like', keys: ['l', 'arrowright'], hint: ['L', '→'], lead: true, tip: 'Like: more of this kind' },
  { kind: 'skip', label: 'Skip', keys: ['s', 'arrowleft'], hint: ['S', '←'], tip: 'Skip: not now, a little less of this kind' },
  { kind: 'dislike', label: 'Not interested', keys: ['n'], hint: ['N'], tip: 'Not interested: clearly less of this kind' },
  { kind: 'save', label: 'Save', keys: ['v'], hint: ['V'], tip: 'Save: keep it to read' },
  { kind: 'list', label: 'Save to list', keys: ['a'], hint: ['A'], tip: 'Save to a reading list of your choice' },
];
const MOVES = [
  { kind: 'open', label: 'Open', keys: ['o'], hint: ['O'], tip: 'Open the paper in a new tab' },
  { kind: 'details', label: 'Details', offBar: true, keys: ['d'], hint: ['D'], tip: 'Details: everything known of the paper' },
  { kind: 'near', label: 'More like this', offBar: true, keys: ['m'], hint: ['M'], tip: 'More like this: the nearest papers' },
  { kind: 'undo', label: 'Undo', keys: ['u', 'z'], hint: ['U', 'Z'], tip: 'Undo the last answer' },
  { kind: 'previous', label: 'Back', keys: ['k'], hint: ['K'], tip: 'Back to the paper before' },
  { kind: 'next', label: 'Next', keys: ['j'], hint: ['J'], tip: 'Next paper, without judging this one' },
  { kind: 'help', label: 'Keys', keys: ['?'], hint: ['?'], tip: 'This list of keys' },
];
// Of papers in rows only; the deck has one card at a time.
const IN_ROWS = [
  { kind: 'tag', keys: ['t'], hint: ['T'], tip: 'Tag the paper' },
  { kind: 'unfold', keys: ['enter'], hint: ['Enter'], tip: 'Abstract and more of a paper in a row' },
  { kind: 'pick', keys: ['x'], hint: ['X'], tip: 'Select the paper; with Shift and a click all up to it' },
];
// Behind G: the page to go to.
const PAGES = {
  f: ['For you', ''],
  s: ['Search', 'search'],
  l: ['Library', 'library'],
  o: ['Sources', 'sources'],
  d: ['Digest', 'digest'],
  t: ['Taste', 'taste'],
  w: ['Is it working?', 'working'],
  b: ['Start', 'start'],
  e: ['Settings', 'settings'],
};
const ANYWHERE = [
  { kind: 'search', hint: ['/'], tip: 'Search the catalogue' },
  { kind: 'palette', hint: ['Ctrl K'], tip: 'Find a page, a list or a paper by name' },
  ...Object.entries(PAGES).map(([key, [name]]) => ({ kind: 'go', hint: ['G', key.toUpperCase()], tip: `Go to ${name}` })),
];

const SAID = {
  like: 'Liked.',
  skip: 'Skipped.',
  dislike: 'Noted: not interested.',
  save: 'Saved.',
  open: 'Opened in a new tab.',
};

const STEERING = '[role=radiogroup],[role=tablist],[role=listbox],[role=menu],[role=slider]';

// A held key repeats, a key with Ctrl is the browser's, and a letter may be part of a text.
function typed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return true;
  return elementsOf(event).some(
    (x) => x.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(x.tagName),
  );
}

function elementsOf(event) {
  return event.composedPath().filter((x) => x instanceof Element);
}

// While a dialog is open the keys are not the papers'.
function keysHeld() {
  return Boolean(window.paperloopKeysHeld || document.querySelector('[role=dialog],dialog[open]'));
}

function actionOf(event, name) {
  if (name.startsWith('arrow') && elementsOf(event).some((x) => x.matches(STEERING))) return null;
  if (keysHeld()) return null;
  return [...ACTIONS, ...MOVES].find((x) => x.kind !== 'help' && x.keys.includes(name));
}
