// One link to a page of the app.

export default function ({ data, parentElement }) {
  const { label, page, query, help } = data;
  const href = inApp(page, query);
  parentElement.querySelector('.link').replaceChildren(appLink(label, href, { title: help }));
}
