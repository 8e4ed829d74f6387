// What can be done with a paper, by which key, and which key presses are meant for the deck.

const ACTIONS = [
  { kind: 'like', label: 'Like', keys: ['l', 'arrowright'], hint: ['L', '→'], lead: true, tip: 'Like: more of this kind' },
  { kind: 'skip', label: 'Skip', keys: ['s', 'arrowleft'], hint: ['S', '←'], tip: 'Skip: not now, a little less of this kind' },
  { kind: 'dislike', label: 'Not interested', keys: ['n'], hint: ['N'], tip: 'Not interested: clearly less of this kind' },
  { kind: 'save', label: 'Save', keys: ['v'], hint: ['V'], tip: 'Save: keep it to read' },
  { kind: 'list', label: 'Save to list', keys: ['a'], hint: ['A'], tip: 'Save to a reading list of your choice' },
];
const MOVES = [
  { kind: 'open', label: 'Open', keys: ['o'], hint: ['O'], tip: 'Open the paper in a new tab' },
  { kind: 'undo', label: 'Undo', keys: ['u', 'z'], hint: ['U', 'Z'], tip: 'Undo the last answer' },
  { kind: 'previous', label: 'Back', keys: ['k'], hint: ['K'], tip: 'Back to the paper before' },
  { kind: 'next', label: 'Next', keys: ['j'], hint: ['J'], tip: 'Next paper, without judging this one' },
  { kind: 'help', label: 'Keys', keys: ['?'], hint: ['?'], tip: 'This list of keys' },
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

function actionOf(event, name) {
  if (name.startsWith('arrow') && elementsOf(event).some((x) => x.matches(STEERING))) return null;
  if (document.querySelector('[role=dialog],dialog[open]')) return null;
  return [...ACTIONS, ...MOVES].find((x) => x.keys.includes(name));
}
