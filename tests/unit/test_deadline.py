import pytest

from batch_processor.deadline import RESERVE_SECONDS, Deadline, deadline_of
from batch_processor.errors import OutOfTime, Permanent


class Context:
    """Lambda's context of an invocation, each look at which takes a second."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        self.seconds -= 1
        return (self.seconds + 1) * 1000


def test_work_that_ends_in_time_is_not_noticed() -> None:
    assert list(deadline_of(Context(RESERVE_SECONDS + 5), "Told.").watched(range(5))) == [0, 1, 2, 3, 4]


def test_work_that_does_not_end_in_time_says_so_before_it_is_cut_off() -> None:
    with pytest.raises(OutOfTime) as caught:
        list(deadline_of(Context(RESERVE_SECONDS + 2), "Reading takes long.").watched(iter(int, 1)))
    assert str(caught.value) == (
        "Reading takes long. It was stopped 60 seconds before the time that its function has was over."
    )


def test_another_attempt_would_not_help() -> None:
    assert issubclass(OutOfTime, Permanent)


@pytest.mark.parametrize(("left", "over"), [(RESERVE_SECONDS, False), (RESERVE_SECONDS - 0.001, True)])
def test_the_reserve_is_what_is_left_at_least(left: float, over: bool) -> None:
    deadline = Deadline(lambda: left, "Told.")
    if over:
        with pytest.raises(OutOfTime):
            deadline.check()
    else:
        deadline.check()


def test_without_a_context_there_is_no_end() -> None:
    deadline_of(None, "Told.").check()
