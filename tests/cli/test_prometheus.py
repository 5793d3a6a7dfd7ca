"""The service's metrics, read by those they are for: promtool, and a Prometheus that scrapes them."""
import http.client
import json
import subprocess
import urllib.parse

from lab import Server, expect_status, run, start, test, wait_until, write
from test_service import Service, task


@test
def promtool_finds_nothing_to_complain_of():
    service, at = Service(), Server("ident/silent").first
    service.exec(task(at, deadline_ms=100))
    done = run(["promtool", "check", "metrics"], text=service.ask("GET", "/metrics")[2])
    expect_status(done, 0)
    assert done.out + done.err == "", str(done)


def query(port, expression):
    """The values that Prometheus has for it; [] while it has none, or isn't there yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        reply = connection.getresponse()
        said = json.loads(reply.read()) if reply.status == 200 else {"data": {"result": []}}
    except (OSError, http.client.HTTPException):
        return []
    finally:
        connection.close()
    return [float(row["value"][1]) for row in said["data"]["result"]]


@test(limit_s=90)
def prometheus_scrapes_the_task_counter_of_the_story():
    service, at = Service(), Server("ident/silent").first
    for _ in range(3):
        service.exec(task(at, deadline_ms=100))
    config = write("prometheus.yml", f"""
global: {{ scrape_interval: 1s }}
scrape_configs:
  - job_name: sshexec
    static_configs: [ {{ targets: ["127.0.0.1:{service.port}"] }} ]
""")
    process = start(["prometheus", f"--config.file={config}", "--storage.tsdb.path=data",
                     "--web.listen-address=127.0.0.1:0", "--log.format=json"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    port = None
    while port is None:  # its log says where it listens
        line = process.stderr.readline()
        assert line, "prometheus ended"
        said = json.loads(line)
        if "listening on" in said.get("msg", "").lower() and said.get("address"):
            port = int(said["address"].rsplit(":", 1)[1])
    expression = 'sshexec_tasks_finished_total{job="sshexec",outcome="timeout",phase="ident"}'
    assert wait_until(lambda: query(port, expression), 30) == [3.0]
    assert query(port, "sshexec_tasks_in_flight") == [0.0]
    assert query(port, "process_open_fds")[0] > 3
    process.terminate()
    process.stderr.close()
    process.wait(timeout=20)
