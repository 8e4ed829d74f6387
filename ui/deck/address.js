// Addresses inside the app. Links are real links: they can be opened in a new tab and shared.

// Go to a page without loading the app anew; Back returns to the page and the query before.
function goTo(href) {
  window.history.pushState({}, '', new URL(href, window.location.href));
  window.dispatchEvent(new PopStateEvent('popstate'));
}

// The reader and interest stay the same from page to page. A query is an object, or pairs where a
// name stands several times.
function inApp(page, query = {}) {
  const here = new URLSearchParams(window.location.search);
  const kept = ['reader', 'interest'].filter((x) => here.has(x)).map((x) => [x, here.get(x)]);
  const params = new URLSearchParams([...kept, ...(Array.isArray(query) ? query : Object.entries(query))]);
  return `${page || './'}${params.size ? `?${params}` : ''}`;
}

const paperPage = (card) => inApp('paper', { paper: card.paper_id });
const authorPage = (name) => inApp('search', { q: `author:"${name.replaceAll('"', '')}"` });
const similarPage = (card) => inApp('search', { like: card.paper_id });

// A link to a page of the app; a plain click stays in this tab and session.
function appLink(text, href, properties = {}) {
  const link = make('a', text, { href, ...properties });
  link.addEventListener('click', (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(href);
  });
  return link;
}

// A link out of the app, only ever to a web address.
function webLink(text, href, told = () => {}) {
  if (!/^https?:\/\//.test(href)) return make('span', text);
  const link = make('a', text, { href, target: '_blank', rel: 'noopener noreferrer' });
  link.addEventListener('click', told);
  return link;
}

const WEB = /https?:\/\/[^\s<>"{}|\\^`]{1,500}/g;

// Text with its web addresses as links; a full stop or bracket behind one is not part of it.
function linked(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(WEB)) {
    const href = found[0].replace(/[.,;:!?)\]'’”]+$/, '');
    parts.push(document.createTextNode(text.slice(from, found.index)), webLink(href, href));
    from = found.index + href.length;
  }
  return [...parts, document.createTextNode(text.slice(from))];
}

// Links to the authors' papers, the first few until unfolded.
function authorLinks(names, n) {
  return names.slice(0, n).flatMap((name, i) => [
    ...(i ? [document.createTextNode(', ')] : []),
    appLink(name, authorPage(name)),
  ]);
}

// Put text on the clipboard; pages that are not served over HTTPS have no clipboard of their own.
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = make('textarea', '', { value: text });
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('not copied');
}
