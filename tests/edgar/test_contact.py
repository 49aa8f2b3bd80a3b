from __future__ import annotations

import pytest

from worker.edgar.contact import Contact


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Jane Doe jane@example.com", "Jane Doe jane@example.com"),
        (
            "  Example   Capital LLC  edgar-admin@mail.example.co.uk ",
            "Example Capital LLC edgar-admin@mail.example.co.uk",
        ),
        ("Jane Doe <jane@example.com>", "Jane Doe jane@example.com"),
    ],
)
def test_a_name_and_an_address_become_the_agent(text: str, agent: str) -> None:
    assert Contact.parse(text).user_agent == agent


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no contact is given"),
        ("   ", "no contact is given"),
        ("Jane Doe", "does not end in an e-mail address"),
        ("jane@example.com Jane Doe", "does not end in an e-mail address"),
        ("Jane Doe jane@localhost", "does not end in an e-mail address"),
        ("Jane Doe @example.com", "does not end in an e-mail address"),
        ("jane@example.com", "no name"),
        ("Jane https://example.com jane@example.com", "URL"),
        ("www.example.com jane@example.com", "URL"),
        ("Example noreply@example.com", "nobody reads"),
        ("Example No-Reply@example.com", "nobody reads"),
        ("Example donotreply@example.com", "nobody reads"),
        ("José Doe jose@example.com", "ASCII"),
        ("Jane\nDoe: x jane@example.com", "HTTP header"),
    ],
)
def test_what_the_sec_would_refuse_is_refused_with_what_to_set_and_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        Contact.parse(text)
    assert "EDGAR_CONTACT" in str(caught.value)
    assert "the SEC" in str(caught.value)
