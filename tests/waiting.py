"""Wait for something to become true, without guessing how long it takes."""

import threading
import time


def wait_until(predicate, seconds=10.0, every=0.02):
    """Return the first truthy answer of the predicate, or fail when the time is over."""
    pause = threading.Event()
    deadline = time.monotonic() + seconds
    while True:
        answer = predicate()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds} s: {predicate}"
        pause.wait(every)
