#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's Chromium without a window, by its driver: what a page has drawn, asked for and copied.

    browser.py PAGE.html PICTURE.png     a picture of a page, for the documentation
"""
import json
import pathlib
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

BINARY, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
# What the browser itself would otherwise ask for while it starts.
ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
             "--disable-extensions", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb")
TIMEOUT_S = 120
INKED = """
const drawn = [];
for (const canvas of document.querySelectorAll("canvas")) {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 3; i < pixels.length; i += 4) inked += pixels[i] > 0;
  drawn.push([canvas.closest("section").id, inked, Chart.getChart(canvas).data.datasets[0].data.length]);
}
return drawn;
"""


class Browser:
    def __init__(self, folder):
        """`folder`: for its profile."""
        options = webdriver.ChromeOptions()
        options.binary_location = BINARY
        for argument in (*ARGUMENTS, f"--user-data-dir={folder}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.driver.set_page_load_timeout(TIMEOUT_S)
        self.driver.set_script_timeout(TIMEOUT_S)
        self.command("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def open(self, path, width=1100, height=900, is_dark=False):
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                     mobile=width < 600)
        self.command("Emulation.setEmulatedMedia", media="screen",
                     features=[{"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}])
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(pathlib.Path(path).resolve().as_uri())

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def drawn(self):
        """[(section, pixels with ink, values)] of each chart."""
        return [tuple(one) for one in self.run(INKED)]

    def requests(self):
        """Addresses that were asked for since the last look."""
        found = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                found.append(message["params"].get("request", message["params"])["url"])
        return found

    def complaints(self):
        """Errors of scripts, and what the page's policy has refused, since the last look."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def clipboard(self):
        return self.driver.execute_async_script(
            "const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)));")

    def picture(self, path):
        self.driver.save_screenshot(str(path))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as profile, Browser(profile) as browser:
        browser.open(sys.argv[1], width=1100, height=1180)
        browser.picture(sys.argv[2])


if __name__ == "__main__":
    main()
