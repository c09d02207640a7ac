# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of espcap report in a browser: charts are drawn, names do nothing, nothing is fetched."""
import html
import shutil

import pytest
from browser import Browser
from project import TEST_PCAPS
from report_page import Page

CAPTURES = ("dns.pcap", "http.pcap", "ipv6.pcap", "tls.pcapng", "tcp-loss.pcap")
OWN = "document.title='owned'"
NAMES = (f"<img src=x onerror={OWN}>", f"</script><script>{OWN}</script>", "it's $(touch owned) `touch owned` \"x\"",
         "line\nfeed\u202e\u2028", f"javascript:{OWN}", f"\"><svg onload={OWN}>")
TELEPHONE = 390  # pixels


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture
def page(elasticsearch, espcap, tmp_path):
    """The path of a report on real packets, and on documents with hostile names in every place."""
    folder = tmp_path / "captures"
    folder.mkdir()
    for name in CAPTURES:
        shutil.copy(TEST_PCAPS / name, folder)
    shutil.copy(TEST_PCAPS / "arp.pcap", folder / f"<img src=x onerror={OWN}>.pcap".replace("/", "_"))
    assert espcap("--dir", folder, *elasticsearch.options).code == 0
    index = elasticsearch.named("2026-01-01")
    for text in NAMES:
        layers = {"frame": {"frame_frame_len": "9", "frame_frame_protocols": f"eth:{text}"},
                  "ip": {"ip_ip_addr": ["192.0.2.1", "192.0.2.2"]},
                  "dns": {"dns_dns_qry_name": text, "dns_dns_flags_response": False},
                  "tls": {"tls_tls_handshake_extensions_server_name": text, "tls_tls_handshake_type": "1"},
                  "http": {"http_http_host": text}, "_ws_expert": {"_ws_expert__ws_expert_message": text}}
        status, answer = elasticsearch.request("POST", f"/{index}/_doc", {
            "timestamp": "1780000000000", "layers": layers,
            "espcap": {"file": f"/{text}", "sensor": text, "run": text}})
        assert status == 201, answer
    elasticsearch.request("POST", f"/{elasticsearch.indices},espcap-runs/_refresh")
    path = tmp_path / "report.html"
    run = espcap("report", "--node", elasticsearch.url, "--index", elasticsearch.index, "--output", path)
    assert run.code == 0, run
    return path


def shows(browser, path, **options):
    browser.open(path, **options)
    return Page(path.read_text(encoding="utf-8"))


def test_charts_are_drawn_and_names_do_nothing(browser, page):
    report = shows(browser, page)
    assert browser.requests() == [page.resolve().as_uri()] and browser.complaints() == []
    with_rows = [section for section in report.data["sections"] if section["rows"]]
    assert len(with_rows) == len(report.data["sections"])
    assert [(section, values) for section, _, values in browser.drawn()] == \
        [(section["id"], len(section["rows"])) for section in with_rows if section["chart"] != "none"]
    assert all(pixels > 1000 for _, pixels, _ in browser.drawn()), browser.drawn()
    for section in with_rows:
        cells = browser.run("return [...document.querySelectorAll(`#${arguments[0]} tbody tr`)].map("
                            "(row) => row.querySelector('th').textContent);", section["id"])
        assert cells == [row["name"] for row in section["rows"]]
    for section in ("dns", "tls-names", "http-hosts", "files", "sensors", "protocols"):
        assert any("onerror=" in row["name"] for row in report.rows(section)), section
    assert browser.driver.title == "espcap report"
    assert browser.run("return document.querySelectorAll('img, svg, iframe, object, link').length") == 0
    assert browser.run("return document.scripts.length") == 3


def test_the_browser_would_run_and_fetch_these(browser, tmp_path):
    """The other test could not fail otherwise."""
    for number, text in enumerate(NAMES[:2]):
        path = tmp_path / f"{number}.html"
        path.write_text(f"<!DOCTYPE html><title>before</title>{text}", encoding="utf-8")
        browser.open(path)
        assert browser.driver.title == "owned", html.escape(text)
    path.write_text("<!DOCTYPE html><meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"
                    "<img src='http://127.0.0.1:9/x'>", encoding="utf-8")
    browser.open(path)
    assert any("Content Security Policy" in complaint for complaint in browser.complaints())
    path.write_text("<!DOCTYPE html><img src='http://127.0.0.1:9/x'>", encoding="utf-8")
    browser.open(path)
    assert "http://127.0.0.1:9/x" in browser.requests()


def test_what_is_copied_is_the_command(browser, page):
    report = shows(browser, page)
    for number, row in enumerate(report.rows("dns")):
        if not any(mark in row["name"] for mark in ("'", "\\x0a")):
            continue
        for button, wanted in ((0, row["query"]), (1, row["command"])):
            browser.driver.execute_async_script("""
                const [row, button, done] = arguments;
                const details = document.querySelectorAll("#dns tbody tr")[row].querySelector("details");
                const click = () => {
                  const pressed = details.querySelectorAll("button")[button];
                  new MutationObserver(() => { if (pressed.textContent === "Copied") done(); })
                    .observe(pressed, {childList: true});
                  pressed.click();
                };
                if (details.querySelector("button")) return click();
                new MutationObserver((_, observer) => {
                  if (details.querySelectorAll("button").length === 2) { observer.disconnect(); click(); }
                }).observe(details, {childList: true, subtree: true});
                details.open = true;""", number, button)
            assert browser.clipboard() == wanted


def test_it_fits_a_telephone_the_dark_and_paper(browser, page):
    shows(browser, page)
    ground = "return getComputedStyle(document.body).backgroundColor"
    ticks = "return Chart.getChart(document.querySelector('canvas')).options.scales.x.ticks.color"
    light = browser.run(ground), browser.run(ticks)
    shows(browser, page, width=TELEPHONE, height=844, is_dark=True)
    dark = browser.run(ground), browser.run(ticks)
    assert light[0] == "rgb(255, 255, 255)" and light[0] != dark[0] and light[1] != dark[1]
    assert browser.run("return document.documentElement.scrollWidth") <= TELEPHONE
    assert all(pixels > 500 for _, pixels, _ in browser.drawn())
    browser.command("Emulation.setEmulatedMedia", media="print")
    assert browser.run("return [...document.querySelectorAll('.screen, nav')].every("
                       "(part) => getComputedStyle(part).display === 'none')")
