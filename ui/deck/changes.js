// What an answer did to the queue, in one line that a reader can count on the screen.

const DONE = {
  like: 'Liked',
  skip: 'Skipped',
  dislike: 'Not interested',
  save: 'Saved',
  undo: 'Undone',
};
const WORDS_NAMED = 2;

function risenCards(before, after) {
  const places = new Map(before.map((x, i) => [x, i]));
  return after.filter((card, i) => {
    const place = places.get(card.paper_id);
    return place === undefined ? i < before.length : i < place;
  });
}

function commonWords(cards) {
  const counted = new Map();
  for (const card of cards) {
    for (const word of card.words ?? []) counted.set(word, (counted.get(word) ?? 0) + 1);
  }
  const order = [...counted].sort((a, b) => b[1] - a[1]);
  return order.slice(0, WORDS_NAMED).map(([word]) => word).join(', ');
}

// `before` holds the ids that were shown, `after` the cards that are; `earlier` the
// ids that were shown when the action that is now undone was made, if that is known.
function changeNote(kind, before, after, earlier) {
  const ids = after.map((x) => x.paper_id);
  if (kind === 'undo' && earlier && earlier.join() === ids.join()) {
    return 'Undone. The queue is as it was before.';
  }
  const risen = risenCards(before, after);
  if (!risen.length) return `${DONE[kind]}. The queue keeps its order.`;
  const words = kind === 'like' || kind === 'save' ? commonWords(risen) : '';
  const papers = risen.length === 1 ? '1 paper' : `${risen.length} papers`;
  return `${DONE[kind]}. ${words ? `More on ${words}; ` : ''}${papers} moved up.`;
}
