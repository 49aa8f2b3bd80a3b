"""Destination: where a message goes, without the secret that opens the door."""

from __future__ import annotations

import msgspec


class Destination(msgspec.Struct, frozen=True, order=True):
    """A notifier's name and an address it understands, written `slack:#ir-alerts`,
    `email:jane@example.com` or `console:`. The token, webhook or password behind it lives in settings.
    """

    notifier: str
    address: str = ""

    @classmethod
    def parse(cls, text: str) -> Destination:
        """Read `notifier:address`; a bare notifier name has the empty address.

        Raises ValueError with a sentence where there is no notifier name.
        """
        notifier, _, address = text.strip().partition(":")
        if not notifier.strip():
            raise ValueError(
                f"{text!r} names no notifier; write it as slack:#channel or email:jane@example.com"
            )
        return cls(notifier.strip().lower(), address.strip())

    @property
    def key(self) -> tuple[str, str]:
        """What two ways to write one place have in common: letter case and a channel's # aside."""
        return self.notifier, self.address.casefold().removeprefix("#")

    def __str__(self) -> str:
        return f"{self.notifier}:{self.address}"
