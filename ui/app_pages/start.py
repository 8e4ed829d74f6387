"""Start: for whoever comes back to say more about what they read."""

from __future__ import annotations

from ui import start_page

start_page.show()
