"""The short form of bench/soak.py: every scenario of the catalogue, many times, at random."""
import os

from lab import ROOT, expect_status, program, run, test


@test(limit_s=120)
def thousands_of_tasks_of_all_kinds_leave_the_driver_where_it_began():
    folder = os.path.dirname(program("sshexec"))
    done = run([os.path.join(ROOT, "bench/soak.py"), "--bin", folder, "--tasks", "4000",
                "--block", "1000", "--in-flight", "300"], timeout=120)
    expect_status(done, 0)
    assert "4000 tasks, 300 at a time" in done.out and "healthy  success" in done.out, str(done)
