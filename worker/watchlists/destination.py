"""Destination: where a message goes, without the secret that opens the door."""

from __future__ import annotations

import re

import msgspec

from worker.watchlists.misread import Misread

#: How many characters a notifier's name and an address may have: the ledger has room for no more. An e-mail
#: address, the longest kind, has at most 64 before its @ and 255 after it (RFC 5321, section 4.5.3.1).
LONGEST_NOTIFIER = 32
LONGEST_ADDRESS = 320

_WEB = re.compile(r"(?:^|:)\s*https?://", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")


class Destination(msgspec.Struct, frozen=True, order=True):
    """A notifier's name and an address it understands, written `slack:#ir-alerts`,
    `email:jane@example.com` or `console:`. The token, webhook or password behind it lives in settings.
    """

    notifier: str
    address: str = ""

    @classmethod
    def parse(cls, text: str) -> Destination:
        """Read `notifier:address`; a bare notifier name has the empty address.

        Raises ValueError with a sentence where there is no notifier name, where it or the address is longer
        than any ledger keeps, where there is a control character, such as a line's end, in the text, and
        where it is a web address, which the sentence does not repeat: a webhook's is a secret.
        """
        if _WEB.search(text):
            raise ValueError(
                "a webhook's address is a secret and has no place here; name it in FORM144_SLACK_WEBHOOKS, "
                "as in desk=https://..., and write slack-webhook:desk"
            )
        name, _, rest = text.strip().partition(":")
        notifier, address = name.strip().lower(), rest.strip()
        if not notifier:
            raise ValueError(
                f"{text!r} names no notifier; write it as slack:#channel or email:jane@example.com"
            )
        if _CONTROL.search(text.strip()):
            raise ValueError(f"{text.strip()[:60]!r} holds a control character; write it as slack:#channel")
        for what, said, longest in (
            ("a notifier's name", notifier, LONGEST_NOTIFIER),
            ("an address", address, LONGEST_ADDRESS),
        ):
            if len(said) > longest:
                raise ValueError(f"{what} of {len(said)} characters; it has at most {longest}")
        return cls(notifier, address)

    @property
    def key(self) -> tuple[str, str]:
        """What two ways to write one place have in common: letter case and a channel's # aside."""
        return self.notifier, self.address.casefold().removeprefix("#")

    def __str__(self) -> str:
        return f"{self.notifier}:{self.address}"


def addressed(said: str) -> Destination:
    """A destination to which something can be sent: with an address, which for e-mail is a single one.

    Raises Misread.
    """
    try:
        destination = Destination.parse(said)
    except ValueError as error:
        raise Misread(str(error)) from None
    if not destination.address and destination.notifier != "console":
        raise Misread(f"{destination.notifier} has no address", f"write {_whole(said)}")
    if destination.notifier == "email" and not _EMAIL.fullmatch(destination.address):
        raise Misread(f"{destination.address!r} is not one e-mail address", "write email:jane@example.com")
    return destination


def _whole(said: str) -> str:
    """How a destination is written of which only one half stands there, by the look of that half."""
    if "@" in said:
        return f"email:{said}"
    if said.startswith("#"):
        return f"slack:{said}"
    notifier = said.removesuffix(":").casefold()
    example = {"email": "jane@example.com", "slack": "#channel"}.get(notifier, "address")
    return f"{notifier}:{example}"
