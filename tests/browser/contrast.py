"""Which texts of a page do not stand out from their ground: WCAG 2.1, level AA."""

from __future__ import annotations

from playwright.sync_api import Page

_FAINT = """() => {
  const rgba = (text) => {
    const n = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith('color(srgb') ? [...n.slice(0, 3).map((x) => 255 * x), n[3] ?? 1]
                                         : [n[0], n[1], n[2], n[3] ?? 1];
  };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const parent = (x) => x.parentElement ?? x.getRootNode().host;
  const ground = (x) => {
    const found = [];
    for (; x; x = parent(x)) found.push(rgba(getComputedStyle(x).backgroundColor));
    return found.reverse().reduce((under, one) => over(one, under), [255, 255, 255, 1]);
  };
  const opacity = (x) => x ? getComputedStyle(x).opacity * opacity(parent(x)) : 1;
  const light = (c) => c.slice(0, 3)
    .map((x) => x / 255).map((x) => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)
    .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const elements = (root) => [...root.querySelectorAll('*')]
    .flatMap((x) => x.shadowRoot ? [x, ...elements(x.shadowRoot)] : [x]);
  const faint = [];
  for (const x of elements(document.body)) {
    const own = [...x.childNodes].filter((n) => n.nodeType === 3);
    const text = own.map((n) => n.data.trim()).join('');
    const style = getComputedStyle(x);
    if (!text || !x.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    if (x.closest('style, script, svg, [disabled], [aria-disabled=true]')) continue;
    const under = ground(x), colour = rgba(style.color);
    colour[3] *= opacity(x);
    const icon = x.closest('[role=img], [data-testid=stIconMaterial]');
    const large = icon || parseFloat(style.fontSize) >= (style.fontWeight >= 700 ? 18.66 : 24);
    const found = ratio(light(over(colour, under)), light(under));
    if (found < (large ? 3 : 4.5)) faint.push(`${found.toFixed(2)} ${text.slice(0, 60)}`);
  }
  return faint;
}"""


def faint_texts(page: Page) -> list[str]:
    """Return contrast and beginning of every text of a page that is hard to read."""
    found: list[str] = page.evaluate(_FAINT)
    return found
