"""Preflight: what can be asked about the channels before anything is sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator

from worker.notifiers.check import Check, broken, fine, not_asked
from worker.notifiers.email import read_address
from worker.notifiers.email_preflight import EmailPreflight
from worker.notifiers.slack_preflight import SlackPreflight, webhook_checks
from worker.settings import Settings
from worker.watchlists.destination import Destination
from worker.watchlists.notifiers import missing


def destinations(
    settings: Settings, told: Iterable[Destination], *, tls: ssl.SSLContext | None = None
) -> tuple[Check, ...]:
    """Whether messages can leave for those destinations. Each notifier that one of them needs is asked once;
    nobody is sent anything. `tls` verifies the mail server, the system's authorities where it is None.
    """
    by_notifier: dict[str, list[str]] = {}
    for to in dict.fromkeys(told):
        by_notifier.setdefault(to.notifier, []).append(to.address)
    found: list[Check] = []
    for notifier, addresses in sorted(by_notifier.items()):
        if notifier not in settings.notifiers:
            finding, hint = missing(notifier, settings.notifiers)
            found += [broken(f"{notifier}:{one}", finding, hint) for one in addresses]
        elif notifier == "slack":
            found += _slack(settings, addresses)
        elif notifier == "slack-webhook":
            found += webhook_checks(settings.slack_webhooks, addresses)
        elif notifier == "email":
            found += _mail(settings, addresses, tls)
        else:
            found += [not_asked(f"{notifier}:{one}", "there is nothing to ask") for one in addresses]
    return tuple(found)


def _slack(settings: Settings, channels: list[str]) -> Iterator[Check]:
    if settings.slack_token is None:
        return
    token, url = settings.slack_token, settings.slack_url
    yield from (SlackPreflight(token, base_url=url) if url else SlackPreflight(token)).checks(channels)


def _mail(settings: Settings, addresses: list[str], tls: ssl.SSLContext | None) -> Iterator[Check]:
    server, sender = settings.mail_server, settings.mail_from
    if server is None or sender is None:
        return
    yield from EmailPreflight(
        server.host,
        server.port,
        sender=sender,
        security=server.security,
        username=server.username,
        password=server.password,
        tls=tls,
    ).checks()
    for address in addresses:
        try:
            read_address(address)
        except ValueError:
            yield broken(f"email:{address}", "that is no e-mail address")
        else:
            yield fine(f"email:{address}", "an address; only a message can tell whether it is taken")
