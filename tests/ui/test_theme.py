"""Text of the theme is readable: WCAG 2.1 contrast, level AA, of every pair that meets."""

from __future__ import annotations

import pytest

from ui.server import theme

TEXT = 4.5  # success criterion 1.4.3
PART = 3.0  # success criterion 1.4.11, borders of what is in focus
QUIET = 0.68  # share of the text's colour in the deck's quiet lines
CAPTION = 0.6  # opacity of Streamlit's captions


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def mixed(over: str, under: str, share: float) -> str:
    """Return a colour drawn over another with an opacity of `share`."""
    pairs = zip(channels(over), channels(under), strict=True)
    return "#" + "".join(f"{round(255 * (a * share + b * (1 - share))):02x}" for a, b in pairs)


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.1), 0 to 1."""
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in channels(colour)]
    return sum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> dict[str, str]:
    prefix = f"theme.{request.param}."
    return {k.removeprefix(prefix): str(v) for k, v in theme().items() if k.startswith(prefix)}


def grounds(colours: dict[str, str]) -> list[str]:
    return [v for k, v in colours.items() if k.rpartition(".")[2].endswith("ackgroundColor")]


@pytest.mark.parametrize(
    "name", ["textColor", "linkColor", "greenColor", "redColor", "blueColor", "grayColor"]
)
def test_text_is_readable_on_every_ground(colours: dict[str, str], name: str) -> None:
    for ground in grounds(colours):
        assert contrast(colours[name], ground) >= TEXT, (name, ground)


def test_quiet_lines_and_captions_are_readable(colours: dict[str, str]) -> None:
    text = colours["textColor"]
    for ground in (colours["backgroundColor"], colours["sidebar.backgroundColor"]):
        for share in (QUIET, CAPTION):
            assert contrast(mixed(text, ground, share), ground) >= TEXT, (share, ground)


def test_the_label_of_a_primary_button_is_readable(colours: dict[str, str]) -> None:
    assert contrast("#ffffff", colours["primaryColor"]) >= TEXT


def test_what_is_in_focus_stands_out(colours: dict[str, str]) -> None:
    assert contrast(colours["primaryColor"], colours["backgroundColor"]) >= PART
