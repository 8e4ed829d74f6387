// From data to nodes. Paper text is only ever set through `textContent` or text
// nodes; formulas arrive as trees and only become the elements named here.

const MATHML = 'http://www.w3.org/1998/Math/MathML';
const MATH_TAGS = new Set(
  `math mrow mi mo mn mtext msup msub msubsup mfrac msqrt mroot mover munder munderover
   mtable mtr mtd mspace`.split(/\s+/),
);
const MATH_ATTRIBUTES = new Set(
  'stretchy fence form accent mathvariant linethickness width'.split(' '),
);
const AUTHORS_SHOWN = 5;

const make = (tag, text, properties = {}) =>
  Object.assign(document.createElement(tag), { textContent: text, ...properties });

function mathNode(given) {
  if (typeof given === 'string') return document.createTextNode(given);
  const [tag, attributes, children] = given;
  if (!MATH_TAGS.has(tag)) return document.createTextNode('');
  const element = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (MATH_ATTRIBUTES.has(name)) element.setAttribute(name, value);
  }
  element.append(...children.map(mathNode));
  return element;
}

// A comma or bracket after a formula stays on its line.
function setText(element, plain, rich) {
  if (!rich) {
    element.textContent = plain;
    return;
  }
  element.replaceChildren();
  let before = null;
  for (const part of rich) {
    const mark = before && typeof part === 'string' ? part.match(/^[.,;:!?)\]]+/)?.[0] : '';
    if (mark) {
      const together = make('span', '', { className: 'unbroken' });
      before.replaceWith(together);
      together.append(before, mark);
    }
    const node = mathNode(mark ? part.slice(mark.length) : part);
    element.append(node);
    before = typeof part === 'string' ? null : node;
  }
}

function actionButton(action, act) {
  const button = make('button', action.label, { type: 'button' });
  button.title = `${action.tip ?? action.label} (${action.hint.join(' or ')})`;
  button.dataset.kind = action.kind;
  button.setAttribute('aria-keyshortcuts', action.hint[0]);
  button.append(make('kbd', action.hint[0]));
  button.classList.toggle('lead', action.lead === true);
  // The second click of a double click would judge the next paper unread.
  button.onclick = (event) => {
    if (event.detail < 2) act(action.kind);
  };
  return button;
}

function keyRow(action) {
  const hints = make('dt', '');
  hints.append(...action.hint.map((x) => make('kbd', x)));
  return [hints, make('dd', action.tip ?? action.label)];
}

function paintStatus(element, badges) {
  element.hidden = !badges.length;
  element.replaceChildren();
  for (const { says, label, word, link } of badges) {
    const badge = make('strong', label, { className: 'badge' });
    badge.dataset.says = says;
    element.append(badge, ' ');
    if (link) {
      element.append(make('a', word, { href: link, target: '_blank', rel: 'noopener noreferrer' }), ' ');
    }
  }
}

// `opened` is called when the reader follows a link out of the app, `copy` with what to copy.
function paintCard(find, card, unfolded, opened, copy) {
  find('.stands').textContent = card.stands ?? '';
  find('.stands').hidden = !card.stands;
  paintStatus(find('.status'), card.status ?? []);
  find('.meta').textContent = card.meta ?? '';
  const title = appLink('', paperPage(card));
  setText(title, card.title, card.rich?.title);
  find('.title').replaceChildren(title);
  const authors = card.authors ?? [];
  const folded = !unfolded && authors.length > AUTHORS_SHOWN;
  find('.authors').hidden = !authors.length;
  find('.names').replaceChildren(...authorLinks(authors, folded ? AUTHORS_SHOWN : authors.length));
  find('.fold').hidden = authors.length <= AUTHORS_SHOWN;
  find('.fold').textContent = folded ? `and ${authors.length - AUTHORS_SHOWN} more` : 'fewer';
  find('.fold').setAttribute('aria-expanded', String(!folded));
  find('.reasons').replaceChildren(...(card.reasons ?? []).map((x) => make('li', x)));
  find('.chance').textContent = card.chance ?? '';
  find('.why').hidden = !card.reasons?.length && !card.chance;
  find('.fellows').textContent = card.fellows ?? '';
  if (card.rich?.abstract) setText(find('.abstract'), card.abstract, card.rich.abstract);
  else find('.abstract').replaceChildren(...linked(card.abstract || 'No abstract is known for this paper.'));
  find('.abstract').classList.toggle('absent', !card.abstract);
  find('.origin').textContent = card.origin ?? '';
  find('.doors').replaceChildren(...(card.doors ?? []).map(([label, href]) => webLink(label, href, opened)));
  find('.doors').append(
    appLink('More like this', similarPage(card)),
    make('button', 'Copy BibTeX', { type: 'button', onclick: () => copy(card.bibtex, 'BibTeX') }),
    make('button', 'Copy link', { type: 'button', onclick: () => copy(card.link, 'Link') }),
  );
}

function queueItem(card, passed, go) {
  const button = make('button', '', { type: 'button', title: card.title });
  const title = document.createElement('span');
  setText(title, card.title, card.rich?.title);
  button.append(title);
  button.classList.toggle('passed', passed);
  button.dataset.paper = card.paper_id;
  button.onclick = go;
  const item = document.createElement('li');
  item.append(button);
  return item;
}

function paintRest(find, rest, waiting) {
  find('.rest-title').textContent = waiting ? 'Fetching more…' : rest.title;
  find('.rest-text').textContent = waiting ? '' : rest.text;
  const links = (waiting ? [] : rest.links ?? []).map(({ label, to }) => {
    const item = document.createElement('li');
    item.append(make('a', label, { href: to }));
    return item;
  });
  find('.rest-links').replaceChildren(...links);
}
