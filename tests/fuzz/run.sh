#!/bin/sh
# Runs every fuzzer for SECONDS from the committed corpus, two at a time, and prints executions and coverage.
# A crash fails the run and leaves its input in BUILD_DIR/fuzz/<name>/.
set -eu
if [ $# -ne 2 ]; then
    echo "usage: tests/fuzz/run.sh SECONDS BUILD_DIR" >&2
    exit 2
fi
seconds=$1
build=$(cd "$2" && pwd)
corpora=$(cd "$(dirname "$0")/corpus" && pwd)

# The fuzzer's corpus is a scratch copy: what it finds is not committed by accident.
run_one() {
    name=$(basename "$1" | sed 's/^fuzz_//')
    scratch=$build/fuzz/$name
    rm -rf "$scratch"
    mkdir -p "$scratch/corpus"
    if [ -d "$corpora/$name" ]; then
        cp -R "$corpora/$name/." "$scratch/corpus/"
    fi
    if "$1" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=4096 -seed=1 -print_final_stats=1 \
        -artifact_prefix="$scratch/" "$scratch/corpus" >"$scratch/log" 2>&1; then
        executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/log")
        coverage=$(sed -n 's/.*\(cov: [0-9]* ft: [0-9]*\).*/\1/p' "$scratch/log" | tail -n 1)
        echo "$name: $executions executions, $coverage"
    else
        echo "$name: FAILED"
        tail -n 40 "$scratch/log"
        find "$scratch" -maxdepth 1 -type f ! -name log -exec echo "input that fails: {}" \;
        return 1
    fi
}

found=$(find "$build" -maxdepth 3 -type f -name 'fuzz_*' -perm -u+x | sort)
if [ -z "$found" ]; then
    echo "no fuzzers in $build: build the preset fuzz first" >&2
    exit 2
fi
failed=0
set -- $found
while [ $# -gt 0 ]; do
    run_one "$1" &
    first=$!
    second=
    if [ $# -gt 1 ]; then
        run_one "$2" &
        second=$!
        shift
    fi
    shift
    wait "$first" || failed=1
    if [ -n "$second" ]; then
        wait "$second" || failed=1
    fi
done
exit $failed
