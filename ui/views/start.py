"""Start: for readers who return to say more about what they read."""

from __future__ import annotations

from ui.panels import onboarding_panel

onboarding_panel.show()
