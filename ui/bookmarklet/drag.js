// The link to drag to the bookmarks bar. A press on it here would only send this page.

export default function ({ data, parentElement }) {
  const link = parentElement.querySelector('a');
  link.textContent = data.label;
  link.href = data.address;
  link.title = data.help;
  link.onclick = (event) => event.preventDefault();
}
