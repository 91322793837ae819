"""Keys come, go, and are not asked for more often than needed. covers R-0401."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from oidc_auth.errors import (
    ProviderUnavailableError,
    TokenRejectedError,
    UntrustedProviderError,
)
from oidc_auth.jwks import PublishedKeys, parse_keys
from oidc_auth.policy.jwks import JwksPolicy


class Published:
    """A key set that counts how often it is read, under a clock that the test moves."""

    def __init__(self) -> None:
        self.keys: list[Key] = [RSAKey.generate_key(2048, {"kid": "one"})]
        self.reads = 0
        self.is_down = False
        self.now = 1000.0

    async def read(self) -> object:
        self.reads += 1
        if self.is_down:
            raise ProviderUnavailableError("The identity provider does not answer.")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def source(self) -> PublishedKeys:
        return PublishedKeys(
            self.read, lambda: self.now, JwksPolicy(ttl_s=300, cooldown_s=30, stale_s=600)
        )


async def test_find_reads_the_keys_once() -> None:
    published = Published()
    keys = published.source()
    assert await keys.find("one", "RS256") == await keys.find("one", "RS256")
    assert published.reads == 1


async def test_find_follows_a_rotation() -> None:
    published = Published()
    keys = published.source()
    await keys.find("one", "RS256")
    published.keys.append(RSAKey.generate_key(2048, {"kid": "two"}))
    published.now += 30
    assert (await keys.find("two", "RS256")).kid == "two"


async def test_find_answers_a_flood_of_unknown_ids_with_one_request() -> None:
    published = Published()
    keys = published.source()
    await keys.find("one", "RS256")
    published.now += 30
    for number in range(50):
        with pytest.raises(TokenRejectedError):
            await keys.find(f"forged-{number}", "RS256")
    assert published.reads == 2


async def test_find_rejects_a_withdrawn_key_after_the_ttl() -> None:
    published = Published()
    keys = published.source()
    await keys.find("one", "RS256")
    published.keys = [RSAKey.generate_key(2048, {"kid": "two"})]
    published.now += 301
    with pytest.raises(TokenRejectedError):
        await keys.find("one", "RS256")


async def test_find_goes_on_with_known_keys_while_the_provider_is_down() -> None:
    published = Published()
    keys = published.source()
    await keys.find("one", "RS256")
    published.is_down = True
    published.now += 301
    for _ in range(50):
        assert (await keys.find("one", "RS256")).kid == "one"
    assert published.reads == 2, "an outage must not become a flood"
    published.now += 600
    with pytest.raises(ProviderUnavailableError):
        await keys.find("one", "RS256")
    published.is_down = False
    assert (await keys.find("one", "RS256")).kid == "one"


async def test_find_needs_the_provider_once() -> None:
    published = Published()
    published.is_down = True
    with pytest.raises(ProviderUnavailableError):
        await published.source().find("one", "RS256")


async def test_find_without_id_needs_exactly_one_candidate() -> None:
    published = Published()
    assert (await published.source().find(None, "RS256")).kid == "one"
    published.keys.append(RSAKey.generate_key(2048, {"kid": "two"}))
    with pytest.raises(TokenRejectedError):
        await published.source().find(None, "RS256")


async def test_find_never_uses_a_key_for_another_family() -> None:
    published = Published()
    published.keys = [ECKey.generate_key("P-256", {"kid": "one"})]
    with pytest.raises(TokenRejectedError):
        await published.source().find("one", "RS256")


async def test_find_never_uses_an_encryption_key() -> None:
    published = Published()
    published.keys = [RSAKey.generate_key(2048, {"kid": "one", "use": "enc"})]
    with pytest.raises(TokenRejectedError):
        await published.source().find("one", "RS256")


def test_parse_keys_leaves_out_what_must_not_verify() -> None:
    symmetric = OctKey.generate_key(256, {"kid": "secret"}).as_dict()
    private = RSAKey.generate_key(2048, {"kid": "private"}).as_dict(private=True)
    good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
    strange = {"kty": "EC", "crv": "P-999", "kid": "strange"}
    keys = parse_keys({"keys": [symmetric, private, strange, "text", good]})
    assert [key.kid for key in keys] == ["good"]


@pytest.mark.parametrize("document", [None, [], {}, {"keys": "none"}])
def test_parse_keys_rejects_what_is_no_key_set(document: Any) -> None:
    with pytest.raises(UntrustedProviderError):
        parse_keys(document)
