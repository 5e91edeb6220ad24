#!/bin/sh
# tests/browser/run.sh BUILD_DIR: makes the sample reports and checks them in Chromium. Needs node 18 or later, npm and
# chromium; npm's packages are installed at first use from package-lock.json.
set -eu
if [ $# -ne 1 ]; then
    echo "usage: tests/browser/run.sh BUILD_DIR" >&2
    exit 2
fi
build=$(cd "$1" && pwd)
cd "$(dirname "$0")"
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
reports=$build/browser-reports
rm -rf "$reports"
mkdir -p "$reports"
"$build/tests/report_sample" "$reports"
log=$reports/log
status=0
GROUNDWORK_REPORTS=$reports node --test report.test.mjs >"$log" 2>&1 || status=$?
if [ $status -ne 0 ]; then
    cat "$log"
fi
passed=$(sed -n 's/^[#ℹ] pass \([0-9]*\)$/\1/p' "$log")
failed=$(sed -n 's/^[#ℹ] fail \([0-9]*\)$/\1/p' "$log")
skipped=$(sed -n 's/^[#ℹ] skipped \([0-9]*\)$/\1/p' "$log")
echo "browser: ${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit $status
