# SPDX-License-Identifier: Apache-2.0
"""Opens a report in headless Chromium and asserts that it drew itself without an error.

python3 browser_test.py report.html
"""

import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77  # CTest's SKIP_RETURN_CODE
CHARTS = 6  # label curve, embedding map, loss, accuracy, spread, rank


def page_after_scripts(browser: str, report: pathlib.Path) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={profile}", "--virtual-time-budget=5000",
            "--dump-dom", report.resolve().as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=80)
    assert done.returncode == 0, done.stderr
    return done.stdout


def main() -> int:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("skipped: chromium is not installed, so no browser opened the report")
        return SKIPPED
    page = page_after_scripts(browser, pathlib.Path(sys.argv[1]))
    body = re.search(r"<body[^>]*>", page).group()
    seen = html.unescape(re.sub(r"<script.*?</script>", "", page, flags=re.S))
    assert 'data-errors=""' in body, f"the page reports errors: {body}"
    assert f'data-drawn="{CHARTS}"' in body, f"not {CHARTS} charts: {body}"
    assert "supervised training needs 4.2 × the labels for that." in seen, "the headline is missing"
    assert "simulated data" in seen, "the badge is missing"
    assert "random forest on classical features" in seen, "the numbers' table is missing"
    assert "A note may hold anything: </script><img" in seen, "the hostile note is not a text"
    assert "<img" not in re.sub(r"<script.*?</script>", "", page, flags=re.S), "data became markup"
    print(f"{CHARTS} charts drawn, no errors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
