"""Processes of a batch and the terminal they share with the program."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, get_context

import pytest

from coachvision.analysis.batch import local_pool, shielded
from coachvision.errors import Cancelled


def test_processes_of_a_batch_leave_ctrl_c_to_the_program() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with shielded():
            masked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, [])
        assert signal.SIGINT in masked.result()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_cancelled_batch_is_not_waited_for() -> None:
    def cancelled() -> None:
        with local_pool(1) as pool:
            # Longer than any test may take.
            pool.submit(time.sleep, 3600)
            raise Cancelled

    with pytest.raises(Cancelled):
        cancelled()
    assert not active_children()
