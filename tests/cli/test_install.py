"""What `make install` puts where, and that it works from there."""
import os
import re
import subprocess

from lab import ROOT, Server, expect_status, finish, program, run, start, test


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
                 "share/fakesshd/client-under-test/sshexec.lua",
                 "share/fakesshd/client-under-test/python/paramiko_driver.py",
                 "share/fakesshd/client-under-test/python/protocol.py"):
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


@test(limit_s=150)
def systemd_finds_nothing_wrong_with_the_unit():
    prefix = os.path.join(os.getcwd(), "root")
    make("install", f"PREFIX={prefix}")
    unit = f"{prefix}/lib/systemd/system/sshexec.service"
    done = expect_status(run(["systemd-analyze", "verify", "--man=no", unit]), 0)
    assert done.out + done.err == "", str(done)
    text = open(unit).read()
    assert "Type=notify" in text and f"ExecStart={prefix}/bin/sshexec serve" in text, text


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


@test(limit_s=150)
def a_program_from_outside_is_built_on_the_installed_library():
    """As C and as C++, against the shared library and the static one."""
    root = f"{os.getcwd()}/root"
    make("install", f"PREFIX={root}")
    paths = {"PKG_CONFIG_PATH": f"{root}/lib/pkgconfig"}
    server = Server("healthy/exec", "ident/silent", count=2)
    environment = {"LD_LIBRARY_PATH": f"{root}/lib"}
    for compiler in (["gcc", "-std=c11"], ["g++", "-x", "c++"]):
        for static in ([], ["--static"]):
            flags = run(["pkg-config", "--cflags", "--libs", *static, "sshexec"], env=paths).out.split()
            if static:
                flags = [f"{root}/lib/libsshexec.a" if flag == "-lsshexec" else flag for flag in flags]
            source = os.path.join(ROOT, "examples/uptime.c")
            tail = ["-x", "none"] if "-x" in compiler else []
            expect_status(run([*compiler, "-Wall", "-Wextra", "-Werror", source, *tail, *flags, "-o", "uptime"]), 0)
            at = server.at["healthy/exec"]
            words = [at["host"], str(at["port"]), at["user"], at["hostkey"], "nonce 4f2a"]
            done = run(["./uptime", *words], env={**environment, "PASSWORD": at["password"]})
            expect_status(done, 0)
            assert re.fullmatch(r"success after 0\.\d+ s\n4f2a\n", done.out), str(done)
    words[1] = str(server.at["ident/silent"]["port"])
    done = run(["./uptime", *words], env={**environment, "PASSWORD": ""})
    assert re.match(r"timeout after 3\.\d+ s\ndeadline passed in phase ident", done.out), str(done)


@test
def the_shared_library_shows_its_own_names_alone_and_their_version():
    make("library")
    library = os.path.join(os.path.dirname(os.path.dirname(program("sshexec"))), "lib/libsshexec.so.0")
    names = [line.split()[-1] for line in run(["nm", "-D", "--defined-only", library]).out.splitlines()]
    odd = [name for name in names if not re.fullmatch("sshexec_[a-z0-9_]+@@SSHEXEC_0", name)]
    assert odd == ["SSHEXEC_0"], odd
    with open(os.path.join(ROOT, "client-under-test/lib/sshexec.h")) as header:
        declared = set(re.findall(r"\b(sshexec_[a-z0-9_]+)\(", re.sub(r"/\*.*?\*/", "", header.read(), flags=re.S)))
    assert {name.split("@")[0] for name in names} - {"SSHEXEC_0"} == declared
