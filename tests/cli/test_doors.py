"""The bundled client's other doors: what the catalogue says of the batch and of the HTTP service."""
from lab import expect_status, fakesshd, run, test

SAMPLE = ("healthy/exec", "ident/silent", "ident/dribble", "sweep/silence", "data/dribble")


@test(limit_s=120)
def the_service_and_the_batch_keep_the_deadlines_that_the_library_keeps():
    for client in ("sshexec-http", "sshexec-batch"):
        done = run(fakesshd("run", *SAMPLE, "--profile", "glance", "--client", client), timeout=100)
        expect_status(done, 0)
