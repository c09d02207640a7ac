# SPDX-License-Identifier: GPL-2.0-or-later
"""The faults that the tests are known to catch (tests/mutations) are still such of these sources."""
import collections
import sys

import pytest
from project import ROOT

sys.path.insert(0, str(ROOT / "tests" / "mutations"))

import chosen_tests  # noqa: E402  (from there)
import functions  # noqa: E402
from mutations import MUTATIONS  # noqa: E402

AREAS = ("encode", "deliver", "spool", "live", "supervise")


def test_every_mutation_applies():
    """Each function and text is there once, and so are the tests that catch the fault."""
    sources, tests, wrong = functions.Sources(ROOT / "src"), chosen_tests.Tests(ROOT), []
    for mutation in MUTATIONS:
        try:
            body = sources.find(mutation.function, mutation.text)
            assert body.replaced(mutation.text, mutation.replacement) != body.source
            assert mutation.tests
            for test in mutation.tests:
                tests.check(test)
        except functions.NotFound as error:
            wrong.append(f"{mutation.name}: {error}")
    assert not wrong, "follow the move in tests/mutations/mutations.py:\n" + "\n".join(wrong)


def test_mutations_are_spread():
    names = [mutation.name for mutation in MUTATIONS]
    assert len(names) == len(set(names)) >= 20
    counts = collections.Counter(name.partition("-")[0] for name in names)
    assert set(counts) == set(AREAS) and min(counts.values()) >= 5


SOURCE = """
// One::Do(int) {
namespace example {
int Do(int value);
class One : public Two {
 public:
  explicit One(int a) : a_{a}, b_(Two{1}) { text = "{"; }
  int Inline() const { return '{' + 1'000; }
  int Do(int value) override;
  struct Inner { void Do() {} };
};
#define CALL Do(1) {
int One::Do(int value) {
  if (Do(value)) { return R"(})"; }
  return Do(value - 1);
}
template <class T>
auto Do(T value) -> int { return value; }
}  // namespace example
"""


@pytest.mark.parametrize("name, text, line", [
    ("One::Do", "value - 1", 13), ("One::One", "text =", 7), ("One::Inline", "1'000", 8),
    ("One::Inner::Do", "", 10), ("Do", "return value", 18)])
def test_a_function_is_found_by_its_name(name, text, line, tmp_path):
    path = tmp_path / "example.cc"
    path.write_text(SOURCE)
    bodies = functions.Sources(tmp_path).definitions(name)
    assert [body.place for body in bodies] == [f"{path}:{line}"]
    assert text in bodies[0].text


@pytest.mark.parametrize("name, text, said", [
    ("One::Gone", "x", "no function One::Gone is defined"),
    ("One::Do", "Do(value", "2 times, not once"), ("One::Do", "gone", "0 times, not once")])
def test_what_is_not_there_once_is_named(name, text, said, tmp_path):
    (tmp_path / "example.cc").write_text(SOURCE)
    with pytest.raises(functions.NotFound, match=said):
        functions.Sources(tmp_path).find(name, text)
