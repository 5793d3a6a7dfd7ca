"""A headless Chromium, driven over chromedriver's HTTP: no package beyond Debian's two."""
import base64
import json
import os
import subprocess
import time
import urllib.error
import urllib.request

from lab import ROOT, start

ARTEFACTS = os.path.join(ROOT, "build", "artefacts")
KEYS = {"Up": "\ue013", "Down": "\ue015", "Left": "\ue012", "Right": "\ue014", "Enter": "\ue007",
        "Escape": "\ue00c", "Tab": "\ue004", "Home": "\ue011", "End": "\ue010", "PageDown": "\ue00f"}


class Browser:
    """A window of its own, with a home of its own in the test's folder. Everything that the page
    writes on its console is kept: console_errors() must be empty at the end."""

    def __init__(self, width=1440, height=1000):
        home = os.path.abspath("chromium")
        os.makedirs(home, exist_ok=True)
        self.driver = start(["chromedriver", "--port=0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home,
                                                           "XDG_CACHE_HOME": home})
        for line in self.driver.stdout:
            if "started successfully on port " in line:
                self.base = f"http://127.0.0.1:{line.split('on port ')[1].split('.')[0].strip()}"
                break
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--disable-dev-shm-usage", "--hide-scrollbars", f"--user-data-dir={home}",
                 f"--window-size={width},{height}"]
        session = self.post("/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "pageLoadStrategy": "normal", "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": words}}}})
        self.base += f"/session/{session['sessionId']}"

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def request(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with self.opener.open(request, timeout=60) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.read().decode(errors='replace')[:2000]}") from None

    def post(self, path, body=None):
        return self.request("POST", path, body or {})

    def open(self, path, fragment=""):
        self.post("/url", {"url": f"file://{os.path.abspath(path)}{fragment}"})

    def js(self, program, *arguments):
        return self.post("/execute/sync", {"script": program, "args": list(arguments)})

    def wait_for(self, condition, timeout=15):
        """Until this expression of the page holds; returns its value."""
        end = time.monotonic() + timeout
        while True:
            value = self.js(f"return {condition};")
            if value:
                return value
            assert time.monotonic() < end, f"never came true: {condition}"
            time.sleep(0.02)

    def find(self, selector):
        return next(iter(self.post("/element", {"using": "css selector", "value": selector}).values()))

    def click(self, selector):
        self.post(f"/element/{self.find(selector)}/click")

    def type(self, selector, text):
        self.post(f"/element/{self.find(selector)}/value", {"text": text})

    def press(self, *keys):
        """Keys to whatever has the focus."""
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self.post("/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def devtools(self, command, **parameters):
        return self.post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)

    def dark(self):
        self.devtools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])

    def screenshot(self, name):
        """Kept for whoever looks at what CI has made."""
        os.makedirs(ARTEFACTS, exist_ok=True)
        png = base64.b64decode(self.request("GET", "/screenshot"))
        assert png.startswith(b"\x89PNG"), png[:20]
        with open(os.path.join(ARTEFACTS, name + ".png"), "wb") as file:
            file.write(png)
        return png

    def pdf(self, name):
        os.makedirs(ARTEFACTS, exist_ok=True)
        pdf = base64.b64decode(self.post("/print", {"orientation": "landscape", "background": False}))
        with open(os.path.join(ARTEFACTS, name + ".pdf"), "wb") as file:
            file.write(pdf)
        return pdf

    def console(self):
        return [entry["level"] + ": " + entry["message"] for entry in self.post("/se/log", {"type": "browser"})]

    def close(self):
        self.request("DELETE", "")
