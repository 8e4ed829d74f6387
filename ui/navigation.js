// In the head of every page, before Streamlit's own scripts: what makes Back and the menu keep the
// address. `ui.web_app` serves it behind the functions of `deck/address.js`.

const LINKS = '[data-testid=stSidebarNavLink],[data-testid=stPageLink-NavLink]';

// Streamlit's own links first take this page's query out of the history, so that Back finds it
// gone. On a phone the menu lies over the page, and stays there until it is closed.
function follow(event) {
  const link = event.target.closest?.(LINKS);
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  const { pathname, searchParams } = new URL(link.href);
  const own = [...searchParams].filter(([name]) => !['reader', 'interest'].includes(name));
  goTo(inApp(pathname, own));
  if (!link.matches('[data-testid=stSidebarNavLink]')) return;
  if (!window.matchMedia('(max-width: 768px)').matches) return;
  setTimeout(() => document.querySelector('[data-testid=stSidebarCollapseButton] button')?.click());
}

// Back and forward while a page is still being drawn: Streamlit stops the run, and with it goes
// what the address said of boxes that were not drawn yet (the reader, a query). Once the page
// stands, the address that was gone to is given again, if parts of it are missing.

const LOOK_MS = 250;
const GIVE_UP_MS = 20000; // of drawing, after which the page stays as it is

class AddressKeeper {
  constructor() {
    this.look = this.look.bind(this);
    window.addEventListener('popstate', () => this.went());
    // What a reader does from then on may change the address for good.
    for (const name of ['pointerdown', 'keydown']) {
      document.addEventListener(name, () => (this.wanted = null), true);
    }
  }

  went() {
    if (this.giving) return;
    const { pathname, search } = window.location;
    this.wanted = search ? { pathname, search, until: Date.now() + GIVE_UP_MS } : null;
    this.still = 0;
    clearInterval(this.timer);
    this.timer = setInterval(this.look, LOOK_MS);
  }

  look() {
    const { wanted } = this;
    if (!wanted || Date.now() > wanted.until || window.location.pathname !== wanted.pathname) {
      clearInterval(this.timer);
      return;
    }
    this.still = document.querySelector('[data-test-script-state=notRunning]') ? this.still + 1 : 0;
    if (this.still < 2) return;
    clearInterval(this.timer);
    const now = new URLSearchParams(window.location.search);
    const missing = [...new URLSearchParams(wanted.search).keys()].some((x) => !now.has(x));
    this.wanted = null;
    if (!missing) return;
    window.history.replaceState(window.history.state, '', wanted.pathname + wanted.search);
    this.giving = true;
    window.dispatchEvent(new PopStateEvent('popstate', { state: window.history.state }));
    this.giving = false;
  }
}

new AddressKeeper();
document.addEventListener('click', follow, true);
