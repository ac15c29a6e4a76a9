"""Processes of a batch and the terminal they share with the program."""

from __future__ import annotations

import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from coachvision.analysis.batch import shielded


def test_processes_of_a_batch_leave_ctrl_c_to_the_program() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with shielded():
            masked = pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, [])
        assert signal.SIGINT in masked.result()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
