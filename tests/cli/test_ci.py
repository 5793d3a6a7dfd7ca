"""The Dockerfile and the examples for CI systems, GNU parallel and Slurm: linted, and run where they can
be run on one machine."""
import getpass
import json
import os
import re
import socket
import subprocess

from lab import (ROOT, expect_no_process_left, expect_status, program, run, start, test, wait_until)

PARALLEL = os.path.join(ROOT, "examples/parallel")


def lint(*files):
    return run([os.path.join(ROOT, "tools/lint-ci"), "--bin", os.path.dirname(program("fakesshd")), *files], timeout=50)


def text_of(name):
    with open(os.path.join(ROOT, name)) as file:
        return file.read()


@test
def the_dockerfile_and_the_examples_for_ci_systems_are_sound():
    done = lint()
    expect_status(done, 0)
    assert done.out == "", str(done)


@test(limit_s=120)
def what_is_wrong_in_them_is_found():
    """Each with one thing changed, and a word of the sentence about it."""
    changes = (
        ("Dockerfile", "libev-dev ", "", "libev-dev"),
        ("Dockerfile", "USER fakesshd", "USER root", "root"),
        ("Dockerfile", "--from=build", "--from=other", "no such stage"),
        ("Dockerfile", "FROM debian:12-slim AS", "FROM debian:latest AS", "debian:12"),
        ("Dockerfile", "HEALTHCHECK NONE\n", "", "HEALTHCHECK"),
        ("Dockerfile", 'CMD ["--help"]', "CMD --help", "list of words"),
        ("Dockerfile", "install PREFIX", "instal PREFIX", "no target instal"),
        ("Dockerfile", " elfutils", "", "DEMO_PACKAGES"),
        ("Dockerfile", "    && rm -rf /var/lib/apt/lists/*\nWORKDIR", "\nWORKDIR", "lists of packages"),
        ("examples/ci/github-actions.yml", "--junit fakesshd-", "--junits fakesshd-", "no option --junits"),
        ("examples/ci/github-actions.yml", "fakesshd report", "fakesshd repot", "no subcommand"),
        ("examples/ci/github-actions.yml", "needs: judge", "needs: judges", "judges"),
        ("examples/ci/github-actions.yml", '[ "$status" = 3 ]', '[ "$status" = 3', "SC"),
        ("examples/ci/github-actions.yml", "actions/checkout@v4", "actions/checkout", "@vN"),
        ("examples/ci/gitlab-ci.yml", "extends: .fakesshd", "extends: .fakessh", ".fakessh"),
        ("examples/ci/gitlab-ci.yml", "stage: judge", "stage: judging", "no stage"),
        ("examples/ci/gitlab-ci.yml", "  parallel: 4", "   parallel: 4", "gitlab-ci.yml"),
        ("examples/ci/gitlab-ci.yml", "make -C /tmp/fakesshd install", "make -C /tmp/fakesshd instal", "no target"),
    )
    paths = [f"{number}-{os.path.basename(row[0])}" for number, row in enumerate(changes)]
    for path, (name, old, new, _) in zip(paths, changes):
        assert old in text_of(name), (name, old)
        with open(path, "w") as file:
            file.write(text_of(name).replace(old, new, 1))
    done = expect_status(lint(*paths), 1)
    for path, (_, old, new, word) in zip(paths, changes):
        said = [line for line in done.out.splitlines() if line.startswith(path)]
        assert any(word in line for line in said), f"{old!r} -> {new!r}: {said}"


@test
def the_image_has_the_libraries_that_the_programs_are_linked_with_and_no_others():
    stage = text_of("Dockerfile").split("FROM ")[2].replace("\\\n", " ")
    words = re.search(r"apt-get install (.*?)&&", stage).group(1).split()
    found = {word for word in words if word.startswith("lib")}
    needed = set()
    for name in ("fakesshd", "sshexec"):
        listing = run(["readelf", "-d", program(name)]).out
        sonames = re.findall(r"\(NEEDED\).*\[(.*)\]", listing)
        for line in run(["ldd", program(name)]).out.splitlines():
            soname, _, path = line.strip().partition(" => ")
            if soname in sonames and "/" in path:
                # With or without /usr, which packages do not agree on.
                owner = run(["dpkg-query", "-S", "*" + os.path.realpath(path.split()[0]).removeprefix("/usr")])
                needed.add(expect_status(owner, 0).out.split(":")[0])
    assert needed - {"libc6", "libgcc-s1"} == found, (needed, found)


def ids_of(path):
    with open(path) as file:
        results = json.load(file)
    assert results["complete"] is True, path
    return [case["id"] for case in results["cases"]]


def shards(count, *words):
    return run([os.path.join(PARALLEL, "shards.sh"), str(count), "out", *words, "--no-probe", "--profile", "glance"],
               timeout=100, env={"FAKESSHD": program("fakesshd")})


@test(limit_s=120)
def the_shards_of_gnu_parallel_are_the_whole_and_their_report_is_one():
    expect_status(run(["shellcheck", os.path.join(PARALLEL, "shards.sh")]), 0)
    done = shards(2, "--client", "sshexec", "ident/silent", "ident/half", "ident/dribble")
    assert done.status in (0, 3), str(done)  # 3: this machine is too busy to say
    parts = [ids_of(f"out/{number}.json") for number in (1, 2)]
    wanted = ["ident/dribble/on-edge", "ident/dribble/steady", "ident/half", "ident/silent"]
    assert all(parts) and sorted(sum(parts, [])) == wanted, parts
    assert sorted(ids_of("out/all.json")) == wanted
    assert text_of(os.path.abspath("out/report.html")).startswith("<!"), "no page"
    expect_no_process_left()


@test(limit_s=120)
def the_shards_of_gnu_parallel_fail_when_one_of_them_does():
    expect_status(shards(2, "--client", "wrong/dial-only", "ident/silent", "ident/half", "healthy/exec"), 1)
    assert sorted(ids_of("out/all.json")) == ["healthy/exec", "ident/half", "ident/silent"]
    done = expect_status(shards(2, "--client", "no-such-client"), 2)
    assert "no-such-client" in done.out + done.err, str(done)


# ---- Slurm ----

CONFIG = """ClusterName=one
SlurmctldHost={host}(127.0.0.1)
AuthType=auth/none
CredType=cred/none
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=4096 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=5 State=UP
"""


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


@test(limit_s=120)
def a_job_array_of_a_real_slurm_on_this_machine_judges_each_shard():
    script = os.path.join(PARALLEL, "slurm.sh")
    expect_status(run(["shellcheck", script]), 0)
    folder, host = os.getcwd(), socket.gethostname().split(".")[0]
    os.mkdir("state")
    os.mkdir("spool")
    with open("slurm.conf", "w") as file:
        file.write(CONFIG.format(folder=folder, host=host, user=getpass.getuser(), ports=free_ports(2)))
    env = {**os.environ, "SLURM_CONF": f"{folder}/slurm.conf", "FAKESSHD": program("fakesshd"),
           "PATH": f"{os.environ['PATH']}:/usr/sbin"}
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start(["slurmctld", "-D", "-i"], env=env, **quiet)
    start(["slurmd", "-D", "-N", host], env=env, **quiet)
    assert wait_until(lambda: "idle" in run(["sinfo", "-h"], env=env).out, 30), text_of(f"{folder}/slurmctld.log")
    job = run(["sbatch", "--parsable", "--array=1-2", "--time=3", "--cpus-per-task=1", script, "--client", "sshexec", "--no-probe",
               "ident/silent", "ident/half", "ident/dribble"], env=env)
    expect_status(job, 0)
    assert wait_until(lambda: not run(["squeue", "-h", "-j", job.out.strip()], env=env).out.strip(), 80), \
        run(["squeue", "-l"], env=env).out
    shards = [ids_of(f"fakesshd-{number}.json") for number in (1, 2)]
    assert sorted(sum(shards, [])) == ["ident/dribble/on-edge", "ident/dribble/steady", "ident/half", "ident/silent"], \
        (shards, text_of(f"{folder}/fakesshd-1.log"))
