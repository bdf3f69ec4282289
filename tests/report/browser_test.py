# SPDX-License-Identifier: Apache-2.0
"""Opens a report, and that of a GAN in gan/ beside it, in headless Chromium and asserts that they drew
themselves without an error.

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
CHARTS = 7  # label curve, unlabelled data, embedding map, loss, accuracy, spread, rank
# losses, rotations, diversity, singular value, FID, precision and recall; spread, rank
GAN_CHARTS = 8


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


def drawn(page: str, charts: int) -> str:
    """What a person sees, after asserting that it is whole."""
    body = re.search(r"<body[^>]*>", page).group()
    assert 'data-errors=""' in body, f"the page reports errors: {body}"
    assert f'data-drawn="{charts}"' in body, f"not {charts} charts: {body}"
    return re.sub(r"<script.*?</script>", "", page, flags=re.S)


def check_few_labels(page: str) -> None:
    markup = drawn(page, CHARTS)
    seen = html.unescape(markup)
    assert "supervised training needs 4.2 × the labels for that." in seen, "the headline is missing"
    assert "simulated data" in seen, "the badge is missing"
    assert "random forest on classical features" in seen, "the numbers' table is missing"
    assert "A note may hold anything: </script><img" in seen, "the hostile note is not a text"
    assert "<img" not in markup, "data became markup"
    for words in ("More data without labels", "90 minutes equal 7 labels", "45 minutes"):
        assert words in seen, f"{words} is missing"


def check_gan(page: str) -> None:
    markup = drawn(page, GAN_CHARTS)  # a picture that does not load is an error of the page
    assert markup.count('<img src="data:image/png;base64,iVBOR') == 3, "not three grids"
    assert re.findall(r"<figcaption>(after [^<]*)<", markup) == [
        "after 1 epoch", "after 5 epochs", "after 12 epochs"], "the epochs are missing"
    for words in ("FID(eyes)", "Losses of both networks", "Rotations told right", "Diversity",
                  "Largest singular value", "Precision and recall"):
        assert words in markup, f"{words} is missing"
    assert "Accuracy of the pretext tasks" not in markup, "accuracies are drawn twice"


def main() -> int:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("skipped: chromium is not installed, so no browser opened the report")
        return SKIPPED
    report = pathlib.Path(sys.argv[1])
    check_few_labels(page_after_scripts(browser, report))
    check_gan(page_after_scripts(browser, report.parent / "gan" / "report.html"))
    print(f"{CHARTS} and {GAN_CHARTS} charts drawn, no errors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
