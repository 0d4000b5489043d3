"""What is shown before a document makes its windows no smaller."""

from thresher.adapters.fields import Field
from thresher.adapters.shots import Shot
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes

FIELDS = (Field(name="company", type="string"),)
SHOTS = tuple(Shot(f"the fee is {n}.50 " * 8, '{"company": null}') for n in range(3))
TEXT = "the agreement between the parties " * 60


def test_shots_are_in_the_head_that_all_windows_share(prompts: WindowPrompts) -> None:
    plain = prompts.of(TEXT, "Read.", FIELDS)
    shown = prompts.of(TEXT, "Read.", FIELDS, SHOTS)
    assert len(plain) > 1
    assert [one.window for one in shown] == [one.window for one in plain]
    assert len({one.tokens[: one.shared] for one in shown}) == 1
    for one, bare in zip(shown, plain, strict=True):
        assert one.tokens[one.shared :] == bare.tokens[bare.shared :]
        assert one.shared > bare.shared


def test_the_last_shots_are_left_out_where_a_window_would_be_smaller(tokenizer: PromptTokenizer) -> None:
    def heads(context: int) -> list[int]:
        """The length of the head where none, one, two and three shots are given."""
        sizes = WindowSizes(context, window_tokens=192, overlap=16, answer_tokens=64)
        of = WindowPrompts(tokenizer, sizes).of
        return [of(TEXT, "Read.", FIELDS, SHOTS[:count])[0].shared for count in range(4)]

    none, one, two, three = heads(4096)
    assert none < one < two < three
    tail = len(tokenizer.prompt("", "").tail)
    assert heads(two + 192 + 64 + tail)[-1] == two
    assert heads(none + 192 + 64 + tail)[-1] == none
    # Less than a whole window is left without them already: it is no worse than it was.
    assert heads(none + 191 + 64 + tail)[-1] == none
