"""After Ctrl-C nothing goes on in the background."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import time

import pytest

from awaken_cli.leaving import stop_workers
from awaken_cli.progress import progress


def test_worker_processes_are_stopped() -> None:
    worker = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(600,))
    worker.start()
    stop_workers()
    worker.join(30)
    assert worker.exitcode == -signal.SIGKILL


def test_everything_printed_arrives_although_the_process_ends_at_once() -> None:
    code = (
        "import sys\nfrom awaken_cli.leaving import leave\n"
        "sys.stdout.write('x' * 100_000)\nsys.stderr.write('told')\nleave(3)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stdout), done.stderr) == (3, 100_000, "told")


def test_work_that_nobody_waits_for_is_ended_at_its_next_step() -> None:
    with progress("Reading", quiet=True) as advance:
        advance(1, 2)
    with pytest.raises(KeyboardInterrupt):
        advance(2, 2)


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Reading", quiet=False) as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")
