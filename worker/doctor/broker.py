"""The broker: is Redis there, and will it keep what it is given?

It may lose everything without an alert being lost; what is asked here costs time, or lets others in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import redis
from redis.sentinel import Sentinel

from worker.doctor.patient import Patient
from worker.notifiers.check import Check, broken, fine, not_asked, warning
from worker.settings.broker import Broker
from worker.settings.broker import broker as read_broker

#: Celery's Redis transport wants at least this (BRPOP over several keys, UNLINK).
OLDEST = (6, 2)

TIMEOUT = 5


def broker(patient: Patient) -> Iterator[Check]:
    """Nothing in one process; else the server's answer, and what its settings mean for this program."""
    if patient.settings.is_embedded:
        yield not_asked("broker", "memory://, in the one process that is everything")
        return
    url = patient.settings.broker_url
    client = _client(read_broker(url), url)
    try:
        client.ping()
        yield from _settings(client)
    except redis.AuthenticationError:
        yield broken("broker", "Redis refuses the password", "check FORM144_BROKER_URL")
    except redis.RedisError as error:
        yield broken("broker", f"Redis does not answer ({type(error).__name__})", "check FORM144_BROKER_URL")
    finally:
        client.close()
    yield _privacy(url)


def _client(there: Broker, url: str) -> redis.Redis:
    options = dict(there.options)
    first = urlsplit(url.split(";", maxsplit=1)[0])
    if first.scheme != "sentinel":
        tls = dict(there.tls or {})
        return redis.Redis.from_url(
            str(there.url), socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, **cast("Any", tls)
        )
    parts = [urlsplit(part) for part in str(there.url).split(";")]
    watchers = [(part.hostname, part.port or 26379) for part in parts]
    found = Sentinel(  # type: ignore[no-untyped-call]
        watchers, sentinel_kwargs=options["sentinel_kwargs"]
    )
    return cast(
        "redis.Redis",
        found.master_for(  # type: ignore[no-untyped-call]
            str(options["master_name"]),
            username=unquote(first.username) if first.username else None,
            password=unquote(first.password) if first.password else None,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
        ),
    )


def _settings(client: redis.Redis) -> Iterator[Check]:
    info = client.info("server")
    version = str(info.get("redis_version", "0"))
    said = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if said < OLDEST:
        yield warning("broker", f"Redis {version} answers", f"take {OLDEST[0]}.{OLDEST[1]} or newer")
    else:
        yield fine("broker", f"Redis {version} answers")
    try:
        policy = cast("dict[str, str]", client.config_get("maxmemory-policy")).get("maxmemory-policy")
        aof = cast("dict[str, str]", client.config_get("appendonly")).get("appendonly")
    except redis.ResponseError:
        yield not_asked("broker's settings", "this Redis does not show them")
        return
    if policy != "noeviction":
        hint = "set maxmemory-policy noeviction: evicted bells are rung again later, not never"
        yield warning("broker's memory", f"maxmemory-policy is {policy}", hint)
    else:
        yield fine("broker's memory", "nothing is evicted")
    if aof != "yes":
        yield warning("broker's disk", "appendonly is off: a restart forgets what was rung", "appendonly yes")
    else:
        yield fine("broker's disk", "append-only file is on")


def _privacy(url: str) -> Check:
    what = "broker's door"
    parts = [urlsplit(part) for part in url.split(";")]
    here = all(part.hostname in ("127.0.0.1", "localhost", "::1") for part in parts)
    if not any(part.password for part in parts):
        hint = "give Redis a password: who may write there may ring every bell"
        return warning(what, "no password is set", hint)
    if parts[0].scheme != "rediss" and not here:
        return warning(what, "a password, and no encryption", "write rediss://, unless the network is yours")
    return fine(what, "a password" + ("" if here else ", and TLS"))
