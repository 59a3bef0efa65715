"""`retorsion token`: made, listed, revoked."""

import pytest

from ledger.service import Ledger


def test_create_prints_the_secret_alone_and_keeps_only_its_hash(run, here):
    printed = run("token", "create", "desk", "--scope", "append").done()
    assert printed.count("\n") == 1
    secret = printed.strip()
    assert secret.encode() not in (here / "retorsion.db").read_bytes()
    ledger = Ledger.open("sqlite:///retorsion.db")
    assert ledger.token_of(secret).scope == "append"
    ledger.close()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_list_shows_every_token_and_no_secret(run, database_url):
    url = {"RETORSION_DATABASE_URL": database_url}
    secrets = [run("token", "create", name, "--scope", scope, **url).done().strip() for name, scope in
               [("desk", "append"), ("reader", "read")]]  # fmt: skip
    run("token", "revoke", "reader", **url).done()
    printed = run("token", "list", **url).done()
    rows = [line.split() for line in printed.splitlines()[2:]]
    assert [row[:2] for row in rows] == [["desk", "append"], ["reader", "read"]]
    assert [len(row) for row in rows] == [3, 4]  # when it was revoked
    assert not any(secret in printed for secret in secrets)


def test_list_of_none_says_how_to_make_one(run, here):
    assert "retorsion token create" in run("token", "list").done()


def test_a_revoked_token_is_refused(run, here):
    secret = run("token", "create", "desk", "--scope", "append").done().strip()
    assert run("token", "revoke", "desk").done() == "desk is revoked\n"
    ledger = Ledger.open("sqlite:///retorsion.db")
    assert ledger.token_of(secret) is None
    ledger.close()


def test_a_name_is_given_once(run, here):
    run("token", "create", "desk", "--scope", "append").done()
    run("token", "revoke", "desk").done()
    assert "choose a new name" in run("token", "create", "desk", "--scope", "read").refused(1)


def test_what_cannot_be_is_refused(run, here):
    assert "must be a slug" in run("token", "create", "Our Desk", "--scope", "read").refused(1)
    assert "retorsion token list" in run("token", "revoke", "nobody").refused(1)
