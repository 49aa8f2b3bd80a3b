"""The broker's URL taken apart: where it is, how it is encrypted, and nothing else.

    redis://:password@host:6379/0
    rediss://:password@host:6379/0?ssl_ca_certs=/etc/ssl/own-ca.pem
    sentinel://:password@one:26379/0;sentinel://two:26379?master_name=form144

What else Celery would take from a URL, or from variables of its own, is refused: options of its Redis
transport that read harmless make work start twice or stand still.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.settings.urls import ESCAPE, taken_apart
from worker.settings.values import Secret

#: What Celery itself reads from the environment, past everything that is set here.
OVERRULING = (
    "CELERY_BROKER_URL",
    "CELERY_BROKER_READ_URL",
    "CELERY_BROKER_WRITE_URL",
    "CELERY_CONFIG_MODULE",
    "CELERY_CUSTOM_WORKER_POOL",
    "CELERY_LOADER",
    "CELERY_RESULT_BACKEND",
    "REMAP_SIGTERM",
)

SCHEMES = ("memory", "redis", "rediss", "sentinel")

#: Files that a URL may name, each a path.
FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")

#: Settings of a URL that may only say what holds anyway.
FIXED = {"ssl_cert_reqs": ("required", "CERT_REQUIRED"), "ssl_check_hostname": ("true", "True")}

UNVERIFIED = "turns the verification of certificates off; name your authority in ssl_ca_certs instead"


@dataclass(frozen=True, kw_only=True)
class Broker:
    """What Celery is told. `url` has no query; `tls` is None where nothing is encrypted; `options` are
    those of the transport that only an address can know.
    """

    url: Secret
    tls: Mapping[str, object] | None = None
    options: Mapping[str, object] = field(default_factory=dict, repr=False)


def broker(text: str) -> Broker:
    """Read FORM144_BROKER_URL. Raises ValueError with the rest of a sentence that begins with its name,
    and quotes no secret.
    """
    parts = [taken_apart(part) for part in text.split(";")]
    schemes = {part.scheme for part in parts}
    if not schemes <= set(SCHEMES):
        raise ValueError("is not memory://, redis://, rediss:// or sentinel://, which this program is run on")
    if len(schemes) > 1 or (len(parts) > 1 and schemes != {"sentinel"}):
        raise ValueError("names several servers, which only Sentinels may be")
    (scheme,) = schemes
    if scheme == "memory":
        return Broker(url=Secret(text))
    if not all(part.hostname for part in parts):
        raise ValueError("names no host")
    if not all(re.fullmatch(r"/?[0-9]{0,4}", part.path) for part in parts):
        raise ValueError(f"names a database that is no number; {ESCAPE}")
    query = {name: value for part in parts for name, value in parse_qsl(part.query, keep_blank_values=True)}
    url = Secret(";".join(part._replace(query="").geturl() for part in parts))
    if scheme == "sentinel":
        return Broker(url=url, options=_sentinel(query))
    if scheme == "rediss":
        return Broker(url=url, tls=_tls(query))
    _nothing(query)
    return Broker(url=url)


def broker_url(text: str) -> Secret:
    """The URL as it was given, where `broker` takes it."""
    broker(text)
    return Secret(text)


def _nothing(query: Mapping[str, str]) -> None:
    """Refuse whatever it holds."""
    for name in query:
        if name.startswith("ssl_"):
            raise ValueError(f"asks for {name}, and redis:// is not encrypted; write rediss://")
        raise ValueError(f"sets {name}, which this program decides itself")


def _tls(query: Mapping[str, str]) -> dict[str, object]:
    # Without any of them Celery's Redis transport would verify nothing.
    tls: dict[str, object] = {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True}
    for name, value in query.items():
        if name in FILES:
            if not Path(value).is_file():
                raise ValueError(f"names {value} as {name}, and there is no such file")
            tls[name] = value
        elif name in FIXED:
            if value not in FIXED[name]:
                raise ValueError(f"sets {name}={value}, which {UNVERIFIED}")
        else:
            _nothing({name: value})
    return tls


def _sentinel(query: Mapping[str, str]) -> dict[str, object]:
    given = dict(query)
    master, password = given.pop("master_name", ""), given.pop("sentinel_password", "")
    if password and given:  # which may be the rest of it
        raise ValueError(f"sets more than master_name and sentinel_password; {ESCAPE}")
    _nothing(given)
    if not master:
        raise ValueError("names Sentinels and not whom they watch; add ?master_name=...")
    # A Sentinel that is gone is passed over: with the client's own retries each question to the others
    # waited eight seconds for it, and a failover took a minute.
    asking: dict[str, object] = {
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "retry": Retry(NoBackoff(), 0),
    }
    if password:
        asking["password"] = password
    return {"master_name": master, "sentinel_kwargs": asking}
