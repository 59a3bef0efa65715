"""`/audit`: what is signed, proofs that hold and forged ones that do not, what was kept, and without scripts."""

from __future__ import annotations

import json
import re
import shlex
from base64 import b64decode, b64encode
from typing import Any

import pytest

from ledger.audit.checkpoint import Checkpoint, sign_checkpoint
from ledger.audit.cosignature import cosign
from ledger.audit.keys import SigningKey
from ledger.audit.leaves import leaf_hash
from ledger.audit.note import Note
from ledger.audit.tree import EMPTY_EDGE, append_leaves, root_of
from ledger.times import now
from tests.pages.browser import PHONE, visiting
from tests.pages.desks import KEY, desk_in
from tests.process import retorsion

OTHER_KEY = SigningKey(KEY.name, bytes(32))
KEY_ID = KEY.note_key.key_id.hex().encode()
HOSTILE = '<img src=x onerror=alert(1)></pre><script>alert(2)</script> \u202eevil & "quoted"'
KEEPS_NOTHING = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no'); }})"
ACT = {
    "type": "reported",
    "subject": "act:said",
    "effective_on": "2020-07-10",
    "data": {"category": "statement", "title": HOSTILE, "by": ["actor:us"]},
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk")) as served:
        served.append(ACT, *({**ACT, "subject": f"act:said-{number}"} for number in range(6)))
        yield served


@pytest.fixture
def visit(browser, desk):
    with visiting(browser, desk.url) as tab:
        yield tab


def check(page, sequence) -> tuple[str, str]:
    """Type a number, press the button: which result is shown, and in which words."""
    page.get_by_label("Number of the event").fill(str(sequence))
    page.get_by_role("button", name="Check this proof").click()
    return result(page, "#proof-result")


def result(page, place) -> tuple[str, str]:
    found = page.locator(f"{place}[data-result]")
    found.wait_for()
    return found.get_attribute("data-result"), found.inner_text()


def note(size: int, root: bytes, key: SigningKey = KEY, origin: str = KEY.name) -> bytes:
    return sign_checkpoint(Checkpoint(origin, size, root), key).encode()


def newest(desk) -> Checkpoint:
    return Checkpoint.parse(Note.parse(desk.get("/v1/audit/checkpoint").content).text)


def root_at(desk, size: int) -> bytes:
    return b64decode(desk.get("/v1/audit/inclusion", sequence=1, tree_size=size).json()["root_hash"])


def head(desk) -> tuple[int, bytes]:
    there = newest(desk)
    return there.size, there.root_hash


def keep_in(visit, kept) -> None:
    """What a visit before would have left in this browser."""
    kept = json.dumps(json.dumps(kept))
    visit.page.add_init_script(f"localStorage['retorsion-audit'] ??= {kept}")


def kept(checkpoint: bytes, vkey: str = KEY.note_key.text()) -> dict[str, Any]:
    size = int(checkpoint.split(b"\n")[1])
    return {"vkey": vkey, "note": checkpoint.decode(), "size": size, "seen": "2026-11-29 14:03 UTC"}


# ---- What is signed --------------------------------------------------------------------------------------------------


def test_it_shows_size_root_time_and_key_as_they_were_signed(visit, desk):
    page = visit.go("/audit")
    there = newest(desk)
    facts = page.locator("#signed").inner_text()
    assert str(there.size) in facts
    assert b64encode(there.root_hash).decode() in facts
    assert KEY.note_key.text() in facts
    last = desk.get(f"/v1/events/{there.size}").json()["recorded_at"]
    assert page.locator(f'#signed time[datetime="{last}"]').count() == 1
    assert "No witness has signed this" in facts
    assert visit.faults() == []


def test_every_kind_of_event_holds_and_is_shown_as_it_was_hashed(visit, desk):
    page = visit.go("/audit")
    size = newest(desk).size
    for sequence in (1, 2, 252, 253, size):
        found, said = check(page, sequence)
        assert found == "holds"
        assert said.startswith(f"Holds. Event {sequence} is in the signed history of {size} events")
        shown = json.loads(page.locator("#proven-leaf").inner_text())
        assert shown == desk.get(f"/v1/audit/leaves/{sequence}").json()
    assert page.get_by_role("status").first.get_attribute("id") == "proof-result"
    assert visit.faults() == []


@pytest.mark.parametrize("typed", ["0", "9999", "-1", "1.5", "one", "99999999999999999999", "2e2"])
def test_what_is_no_event_does_not_hold(visit, typed):
    found, said = check(visit.go("/audit"), typed)
    assert found == "fails"
    assert said.startswith("Does not hold.")
    assert not visit.page.locator("#proven").is_visible()


def test_witnesses_are_shown_with_the_time_on_their_clocks(browser, tmp_path):
    with desk_in(tmp_path) as desk:
        signed = Note.parse(desk.get("/v1/audit/checkpoint").content)
        witness = SigningKey("witness.example", bytes([9] * 32))
        cosignature = cosign(Checkpoint.parse(signed.text), witness, timestamp=1_590_000_000)
        desk.custody.keep(signed.signed_by(cosignature))
        with visiting(browser, desk.url) as visit:
            page = visit.go("/audit")
            facts = page.locator("#signed").inner_text()
            assert "witness.example" in facts
            assert page.locator('#signed time[datetime="2020-05-20T18:40:00.000000Z"]').count() == 1
            assert check(page, 1)[0] == "holds"


def test_a_ledger_that_is_behind_its_own_checkpoint_says_so_and_its_proofs_do_not_hold(browser, tmp_path):
    with desk_in(tmp_path) as desk:
        size = newest(desk).size
        desk.custody.keep(Note.parse(note(size + 5, bytes(32))))
        with visiting(browser, desk.url) as visit:
            page = visit.go("/audit")
            assert "not what its own newest checkpoint says" in page.get_by_role("alert").first.inner_text()
            assert f"{size + 5}" in page.locator("#signed").inner_text()
            found, said = check(page, 1)
            assert (found, said.startswith("Does not hold.")) == ("fails", True)


# ---- What is forged --------------------------------------------------------------------------------------------------

LEAF, INCLUSION, CHECKPOINT, KEY_ = "leaves", "inclusion", "checkpoint", "key"


def with_members(**changes):
    """The real proof, with other members."""
    return lambda real, desk: json.dumps({**json.loads(real), **changes}).encode()


def with_hashes(change):
    return lambda real, desk: json.dumps({**json.loads(real), "hashes": change(json.loads(real)["hashes"])}).encode()


def other_leaf(_real, desk):
    return desk.get("/v1/audit/leaves/254").content


def other_proof(_real, desk):
    return desk.get("/v1/audit/inclusion", sequence=254, tree_size=newest(desk).size).content


def flipped(text: str) -> str:
    return b64encode(bytes([b64decode(text)[0] ^ 1]) + b64decode(text)[1:]).decode()


def with_a_bit_flipped(checkpoint: bytes) -> bytes:
    text, _, signature = checkpoint.decode().rpartition(" ")
    given = b64decode(signature)
    return f"{text} {b64encode(given[:-1] + bytes([given[-1] ^ 1])).decode()}\n".encode()


def forged_world():
    """A tree of our own with one leaf changed, in which all is right but for the key."""

    def leaves(desk):
        found = [desk.get(f"/v1/audit/leaves/{n}").content for n in range(1, newest(desk).size + 1)]
        return [*found[:254], found[254].replace(b"2020-07-10", b"2020-07-11"), *found[255:]]

    return {
        LEAF: lambda _real, desk: leaves(desk)[254],
        CHECKPOINT: lambda _real, desk: note(
            newest(desk).size, root_of(append_leaves(EMPTY_EDGE, list(map(leaf_hash, leaves(desk))))[1]), OTHER_KEY
        ),
        KEY_: lambda _real, _desk: OTHER_KEY.note_key.text().encode() + b"\n",
    }


FORGERIES = {
    "another leaf": {LEAF: other_leaf},
    "a leaf with one letter changed": {LEAF: lambda real, _: real.replace(b"statement", b"statemant")},
    "a leaf with its number changed": {LEAF: lambda _, desk: other_leaf(_, desk).replace(b":254,", b":255,")},
    "another leaf with its own proof": {LEAF: other_leaf, INCLUSION: other_proof},
    "the proof of another": {INCLUSION: other_proof},
    "another index": {INCLUSION: with_members(leaf_index=253)},
    "another tree size": {INCLUSION: with_members(tree_size=260)},
    "another root": {INCLUSION: with_members(root_hash=b64encode(bytes(32)).decode())},
    "another leaf hash": {INCLUSION: with_members(leaf_hash=b64encode(bytes(32)).decode())},
    "a hash with a bit flipped": {INCLUSION: with_hashes(lambda hashes: [flipped(hashes[0]), *hashes[1:]])},
    "a hash too few": {INCLUSION: with_hashes(lambda hashes: hashes[:-1])},
    "a hash too many": {INCLUSION: with_hashes(lambda hashes: [*hashes, hashes[0]])},
    "no hashes": {INCLUSION: lambda *_: b"{}"},
    "no JSON": {INCLUSION: lambda *_: b"Holds"},
    "nothing": {INCLUSION: lambda *_: b""},
    "a leaf that is null": {LEAF: lambda *_: b"null"},
    "a checkpoint with its size changed": {CHECKPOINT: lambda real, _: re.sub(rb"\n\d+\n", b"\n999\n", real, count=1)},
    "a checkpoint that another key signed": {CHECKPOINT: lambda _, desk: note(*head(desk), OTHER_KEY)},
    "a checkpoint of another log": {CHECKPOINT: lambda _, desk: note(*head(desk), origin="desk.example/other")},
    "a signature with a bit flipped": {CHECKPOINT: lambda real, _: with_a_bit_flipped(real)},
    "a checkpoint without a signature": {CHECKPOINT: lambda real, _: real.partition("—".encode())[0]},
    "a stale checkpoint": {CHECKPOINT: lambda _, desk: note(255, root_at(desk, 255))},
    "a fork of the same size": {CHECKPOINT: lambda _, desk: note(newest(desk).size, bytes(32))},
    "a larger fork": {CHECKPOINT: lambda _, desk: note(newest(desk).size + 5, bytes(32))},
    "another key": {KEY_: lambda *_: OTHER_KEY.note_key.text().encode() + b"\n"},
    "the same history under another key": {
        KEY_: lambda *_: OTHER_KEY.note_key.text().encode() + b"\n",
        CHECKPOINT: lambda _, desk: note(*head(desk), OTHER_KEY),
    },
    "a key that is not its own ID": {KEY_: lambda real, _: real.replace(KEY_ID, b"00000000")},
    "no key": {KEY_: lambda *_: b"\n"},
    "a whole ledger with a key of its own": forged_world(),
}  # fmt: skip


def forge(page, desk, answers) -> None:
    """From now on the browser gets these answers instead of the ledger's own."""

    def answer(route):
        kind = route.request.url.split("?")[0].removeprefix(f"{desk.url}/v1/audit/").split("/")[0]
        if (make := answers.get(kind)) is None:
            route.continue_()
        else:
            real = route.fetch()
            route.fulfill(status=200, body=make(real.body(), desk), content_type=real.headers["content-type"])

    page.route("**/v1/audit/**", answer)


@pytest.fixture(scope="module")
def open_page(browser, desk):
    """The page in a tab that stays open, of a browser that keeps nothing: so no visit before helps it."""
    with visiting(browser, desk.url) as tab:
        tab.page.add_init_script(KEEPS_NOTHING)
        yield tab.go("/audit")


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_what_is_forged_does_not_hold(open_page, desk, forgery):
    page = open_page
    page.unroute_all()
    assert check(page, 255)[0] == "holds"
    forge(page, desk, forgery)
    found, said = check(page, 255)
    assert found == "fails"
    assert said.startswith("Does not hold.")
    assert "Holds" not in said
    assert not page.locator("#proven").is_visible()


def test_a_ledger_that_does_not_answer_shows_nothing(visit, desk):
    page = visit.go("/audit")
    page.route("**/v1/audit/leaves/**", lambda route: route.fulfill(status=503, body="{}"))
    found, said = check(page, 255)
    assert (found, "/v1/audit/leaves/255 answered 503" in said) == ("fails", True)
    page.route("**/v1/audit/key", lambda route: route.abort())
    found, said = check(page, 255)
    assert (found, "/v1/audit/key does not answer" in said) == ("fails", True)


def test_over_plain_http_from_elsewhere_it_says_that_it_cannot_check(browser, desk):
    with visiting(browser, "http://ledger.example") as visit:

        def through(route):
            url = route.request.url.replace("http://ledger.example", desk.url)
            route.fulfill(response=route.fetch(url=url))

        visit.page.route("**/*", through)
        page = visit.go("/audit")
        assert not page.evaluate("isSecureContext")
        found, said = check(page, 255)
        assert found == "fails"
        assert said.startswith("Not checked")
        assert "https" in said
        assert "Holds" not in page.locator("main").inner_text()
        assert visit.said == []


def test_a_browser_without_ed25519_says_that_it_cannot_check(visit):
    visit.page.add_init_script(
        "crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))"
    )
    found, said = check(visit.go("/audit"), 255)
    assert found == "fails"
    assert said.startswith("Not checked")
    assert "too old" in said


# ---- Since the last visit --------------------------------------------------------------------------------------------


def test_from_visit_to_visit_nothing_was_changed(visit, desk):
    before = newest(desk).size
    page = visit.go("/audit")
    page.get_by_text(f"From now on it keeps what it was shown: {before} events").wait_for()
    page.reload()
    assert result(page, "#visit-result")[0] == "holds"
    desk.append({**ACT, "subject": f"act:later-{now()}"})
    page.reload()
    found, said = result(page, "#visit-result")
    assert found == "holds"
    assert f"there were {before} events. Now there are {before + 1}, and the first {before} are unchanged" in said
    assert visit.faults() == []


def test_a_fork_and_a_loss_are_shouted_and_what_was_kept_stays(browser, desk):
    there = newest(desk)
    for size, root in ((there.size, bytes(32)), (there.size - 1, bytes(32)), (there.size + 3, bytes(32))):
        with visiting(browser, desk.url) as visit:
            keep_in(visit, kept(note(size, root)))
            page = visit.go("/audit")
            found, said = result(page, "#visit-result")
            assert found == "fails"
            assert f"were shown a signed history of {size} events. What the ledger shows now does not go on" in said
            assert check(page, 255)[0] == "fails"
            page.reload()
            assert result(page, "#visit-result")[0] == "fails"
            page.get_by_role("button", name="Forget it").click()
            assert "Forgotten" in page.locator("#visit-result").inner_text()
            assert check(page, 255)[0] == "holds"


def test_another_key_than_at_the_last_visit_does_not_hold(visit, desk):
    there = newest(desk)
    keep_in(visit, kept(note(there.size, there.root_hash, OTHER_KEY), OTHER_KEY.note_key.text()))
    page = visit.go("/audit")
    for found, said in (result(page, "#visit-result"), check(page, 255)):
        assert found == "fails"
        assert f"than at your last visit, on 2026-11-29 14:03 UTC, when it was {OTHER_KEY.note_key.text()}" in said


def test_where_a_new_log_was_declared_it_says_so_and_keeps_the_old_one_beside(browser, desk, tmp_path):
    with desk_in(tmp_path) as other:
        old = other.get("/v1/audit/checkpoint").content
        renewed = SigningKey("desk.example/ledger/2", bytes([7] * 32))
        other.custody.__init__(other.custody.folder, key_text=renewed.text())
        other.custody.retire(f"The disk failed. {HOSTILE}", now())
    from tests.process import serving

    with (
        serving(f"sqlite:///{tmp_path / 'retorsion.db'}", more={"RETORSION_SIGNING_KEY": renewed.text()}) as served,
        visiting(browser, served.url) as visit,
    ):
        keep_in(visit, kept(old))
        page = visit.go("/audit")
        earlier = page.locator("#earlier").inner_text()
        for part in (KEY.note_key.text(), "The disk failed.", HOSTILE, old.decode().split("\n")[2]):
            assert part in earlier
        found, said = result(page, "#visit-result")
        assert (found, "declared a new log" in said) == ("fails", True)
        page.get_by_role("button", name="Forget it").click()
        assert check(page, 1)[0] == "holds"
        assert visit.faults() == []


def test_a_browser_that_keeps_nothing_checks_all_the_same(visit):
    visit.page.add_init_script(KEEPS_NOTHING)
    page = visit.go("/audit")
    assert check(page, 255)[0] == "holds"
    assert "keeps nothing" in page.locator("#visit-result").inner_text()


# ---- On paper --------------------------------------------------------------------------------------------------------


def compare(page, text) -> tuple[str, str]:
    page.get_by_label("The checkpoint, or its number of events and its root").fill(text)
    page.get_by_role("button", name="Compare").click()
    return result(page, "#given-result")


def test_what_was_given_on_paper_is_the_beginning_of_this_history_or_is_not(visit, desk):
    page = visit.go("/audit")
    root = b64encode(root_at(desk, 254)).decode()
    for text in (
        note(254, b64decode(root)).decode(),
        f"\n  {note(254, b64decode(root)).decode()}".replace("\n", "\r\n"),
        f"254 events, root {root}",
        f"Answer at event 12 of 254 · JSON\n\nRoot of the log at event 254: {root}\nCheck it at https://desk.example/x?at=2020-07-09",
        f"{root}\n254",
    ):
        found, said = compare(page, text)
        assert (found, "of 254 events with that root is the beginning of today" in said) == ("holds", True), said
    for text in (
        note(254, b64decode(root), OTHER_KEY).decode(),
        note(254, bytes(32)).decode(),
        f"253 events, root {root}",
        f"999 events, root {root}",
        f"254 events, root {flipped(root)}",
        f"root {root}",
        "254",
        HOSTILE,
    ):
        found, said = compare(page, text)
        assert found == "fails", said
        assert "Holds" not in said
    assert visit.faults() == []


# ---- For everybody ---------------------------------------------------------------------------------------------------


def test_by_the_keyboard_alone(visit, desk):
    page = visit.go("/audit")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "sequence":
            break
    page.keyboard.type("255")
    page.keyboard.press("Enter")
    assert result(page, "#proof-result")[0] == "holds"


def test_without_scripts_the_facts_are_there_and_what_to_run_runs(browser, desk, tmp_path):
    with visiting(browser, desk.url, scripts=False) as visit:
        page = visit.go("/audit")
        there = newest(desk)
        assert b64encode(there.root_hash).decode() in page.locator("#signed").inner_text()
        page.get_by_label("Number of the event").fill("255")
        page.get_by_role("button", name="Check this proof").click()
        page.wait_for_url("**/audit?sequence=255")
        shown = page.locator("main").inner_text()
        assert desk.get("/v1/events/255").json()["leaf_hash"] in shown
        assert "Holds" not in shown
        commands = [line for text in page.locator("pre code").all_inner_texts() for line in text.splitlines()]
        bundle = next(line for line in commands if line.startswith("curl") and "act:" in line)
        url = shlex.split(bundle)[2]
        (tmp_path / "evidence.bundle").write_bytes(desk.get(url.removeprefix(desk.url)).content)
        for wanted in ("check-bundle", "follow"):
            arguments = shlex.split(next(line for line in commands if wanted in line))[1:]
            ended = retorsion(
                *(str(tmp_path / each) if "." in each and "/" not in each else each for each in arguments)
            )
            assert ended.returncode == 0, ended.stderr
        assert visit.faults() == []


@pytest.mark.parametrize("width", [1280, PHONE, 320])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_there_is_no_barrier_and_nothing_is_too_wide(browser, desk, width, dark):
    with visiting(browser, desk.url, width=width, dark=dark, bypass_csp=True) as visit:
        page = visit.go("/audit?sequence=255")
        check(page, 255)
        page.locator("summary").click()
        compare(page, "nothing")
        assert visit.faults() == []
        assert visit.barriers() == []
