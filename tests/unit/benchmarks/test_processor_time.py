import sys
import time

import pytest

from benchmarks.processor_time import ProcessorTime


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
def test_time_of_this_process_is_the_clients() -> None:
    with ProcessorTime() as measured:
        began = time.process_time()
        while time.process_time() < began + 0.1:
            pass
    assert 0.08 <= measured.seconds.client < 1  # the clock of os.times ticks a hundred times a second
    assert measured.seconds.emulator == measured.seconds.functions == 0
