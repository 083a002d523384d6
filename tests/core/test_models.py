"""Hashes of session tokens."""

from ting.core.models import session_id


def test_a_session_id_is_the_sha_256_of_its_token() -> None:
    # FIPS 180-4, the one-block example.
    assert session_id("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
