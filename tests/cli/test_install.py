"""What `make install` puts where, and that it works from there."""
import os
import re
import subprocess

from lab import ROOT, expect_status, finish, run, start, test


def make(*words):
    # BUILD is that of the programs under test, so that nothing is compiled again.
    return expect_status(run(["make", "-s", "-C", ROOT, *words], timeout=120), 0)


@test(limit_s=150)
def an_installed_fakesshd_finds_its_scenarios_and_uninstall_leaves_nothing():
    prefix = ["PREFIX=/usr", f"DESTDIR={os.getcwd()}/root"]
    make("install", *prefix)
    installed = sorted(os.path.relpath(os.path.join(folder, name), "root/usr")
                       for folder, _, names in os.walk("root") for name in names)
    for name in ("bin/fakesshd", "bin/sshexec", "share/man/man1/fakesshd.1",
                 "share/man/man5/fakesshd-scenario.5", "share/man/man7/fakesshd-driver.7",
                 "share/fakesshd/scenarios/ident/silent.lua",
                 "share/fakesshd/client-under-test/sshexec.lua"):
        assert name in installed, f"{name} is not among {installed}"
    assert not [name for name in installed if re.search("(bin|client-under-test)/wrong", name)], installed
    environment = {name: value for name, value in os.environ.items() if name != "FAKESSHD_DATA"}
    server = start(["root/usr/bin/fakesshd", "serve", "ident/silent"], env=environment,
                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert '"ident/silent"' in server.stdout.readline()
    server.terminate()
    expect_status(finish(server), 0)
    make("uninstall", *prefix)
    left = [name for _, _, names in os.walk("root") for name in names]
    assert not left, left


@test
def make_help_names_its_targets():
    out = make("help").out
    for target in ("demo", "test", "install", "uninstall", "format", "lint", "clean"):
        assert f"make {target} " in out, target


@test
def who_may_not_install_gets_the_one_line_that_does():
    nobody = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    need = os.path.join(ROOT, "tools/need-packages")
    # By its text, for nobody may not look into every folder.
    done = run([*nobody, "sh", "-s", "no-such-package-1", "coreutils", "no-such-package-2"],
               text="PATH=/usr/bin:/bin\nsudo() { return 1; }\n" + open(need).read())
    expect_status(done, 1)
    assert done.err.count("apt-get install") == 1, str(done)
    assert done.err.split("apt-get install")[1].split()[-2:] == \
        ["no-such-package-1", "no-such-package-2"], str(done)
