"""Where somebody is: a position as a link to a map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bridge.shown import one_line
from bridge.telegram.fields import mapping, number, text
from bridge.telegram.formatting import to_html
from bridge.texts import Say, Texts

_FARTHEST: Final = {"latitude": 90, "longitude": 180}
"""Degrees."""


def map_link(location: Mapping[str, Any]) -> str:
    """The address of a map with a ``Location`` on it; "" when it is no place on earth."""
    place = _coordinates(location)
    return f"https://maps.google.com/?q={place}" if place else ""


def describe_location(message: Mapping[str, Any], texts: Texts) -> str:
    """A ``location`` as HTML. Of a live one this is the first point; the later ones come as edits."""
    location = mapping(message, "location")
    live = number(location, "live_period") is not None
    return _on_map(f"[{texts.say(Say.LIVE_LOCATION if live else Say.LOCATION)}]", location)


def describe_venue(message: Mapping[str, Any], texts: Texts) -> str:
    """A ``venue`` as HTML: title, address, map."""
    venue = mapping(message, "venue")
    called = [text(venue, "title"), text(venue, "address")]
    said = one_line(f"[{texts.say(Say.VENUE)}] {', '.join(part for part in called if part)}")
    return _on_map(said, mapping(venue, "location") or mapping(message, "location")) or to_html(said, ()) * any(called)


def _on_map(said: str, location: Mapping[str, Any]) -> str:
    link = map_link(location)
    return f'{to_html(said, ())} <a href="{link}">{_coordinates(location)}</a>' if link else ""


def _coordinates(location: Mapping[str, Any]) -> str:
    degrees = []
    for name, farthest in _FARTHEST.items():
        value = location.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not -farthest <= value <= farthest:
            return ""
        degrees.append(f"{value:.6f}".rstrip("0").rstrip("."))  # a millionth of a degree is 11 cm
    return ",".join(degrees)
