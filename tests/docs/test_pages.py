"""The reader of pages finds what a page says wrongly."""

from __future__ import annotations

import pytest

from tests.docs.pages import ROOT, Block, Outcome, Step, blocks_of, faults_of, outcomes_of, rewritten, says, steps_of

PAGE = """\
# A page

```sh
echo one
name=two
```

It prints:

```text
one
```

<!-- exit status 3 -->
```sh
echo $name; (exit 3)
```

```text
two
```

<!-- not run: it is only shown -->
```sh
rm -rf /
```

<!-- an example -->
```json
{}
```
"""


def test_a_page_is_read_into_what_is_run_and_what_it_prints() -> None:
    first, second = steps_of(PAGE)
    assert (first.commands.text, first.output.text, first.status) == ("echo one\nname=two\n", "one\n", 0)
    assert (second.commands.text, second.output.text, second.status) == ("echo $name; (exit 3)\n", "two\n", 3)


def test_a_page_that_is_right_has_no_fault(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    assert faults_of(outcomes_of(page, tmp_path)) == ""


@pytest.mark.parametrize(
    ("right", "wrong"), [("one\n```", "ones\n```"), ("exit status 3", "exit status 4"), ("two\n```", "```")]
)
def test_a_page_that_is_wrong_has_a_fault(tmp_path, right: str, wrong: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE.replace(right, wrong))
    assert "line " in faults_of(outcomes_of(page, tmp_path))


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("a\n…\nz\n", "a\nb\nc\nz\n"),
        ("a\n  …\nz\n", "a\nz\n"),
        ("a … z\n", "a b c z\n"),
        ('"at": "2026-11-24T18:07:24.330423Z"', '"at": "2027-01-02T03:04:05.000006Z"'),
        ("Append token: rt_…", f"Append token: rt_{'x' * 43}"),
        ("a" * 64, "0" * 64),
        (f"retorsion/{'a' * 16}+{'a' * 8}+{'A' * 44}", f"retorsion/{'0' * 16}+{'0' * 8}+{'/' * 44}"),
        (f"— desk {'A' * 91}=", f"— desk {'/' * 91}="),
        ("a  \n", "a\n"),
    ],
)
def test_what_is_left_out_and_what_differs_at_each_run_is_right(expected: str, printed: str) -> None:
    assert says(expected, printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("a\n…\nz\n", "a\nb\n"),
        ("a … z\n", "a b\nc z\n"),
        ('"at": "2026-11-24T18:07:24.330423Z"', '"at": null'),
        ("a" * 64, "a" * 63),
        (f"— desk {'A' * 91}=", f"— desk {'A' * 90}=="),
        ("a\n", "a\nb\n"),
        ("a.c\n", "abc\n"),
    ],
)
def test_anything_else_is_wrong(expected: str, printed: str) -> None:
    assert not says(expected, printed)


def test_an_output_without_a_command_is_no_page() -> None:
    with pytest.raises(AssertionError, match="line 2: no command printed this"):
        steps_of("```text\nout\n```\n")


def test_what_was_printed_is_written_into_the_page_where_nothing_was_cut_out() -> None:
    page = "```sh\na\n```\n\n```text\nold\n```\n\n```sh\nb\n```\n\n```text\nkept\n…\n```\n"
    outcomes = [Outcome(step, "new\nlines\n", 0) for step in steps_of(page)]
    assert rewritten(page, outcomes) == page.replace("old\n", "new\nlines\n")


def test_a_fence_within_a_block_does_not_end_it() -> None:
    [block] = blocks_of("```sh\ncat <<END\n```text\nEND\n```\n")
    assert block == Block("sh", "cat <<END\n```text\nEND\n", 2, "")


def test_a_step_that_should_fail_and_does_not_is_a_fault() -> None:
    step = Step(Block("sh", "true\n", 2, "exit status 1"), None)
    assert "ended with 0, not 1" in (Outcome(step, "", 0).fault or "")


def test_make_demo_does_what_the_pages_are_read_with() -> None:
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\ndemo:")[2].splitlines()[1]
    assert recipe.split() == ["exec", "$(BIN)/retorsion", "demo"]
