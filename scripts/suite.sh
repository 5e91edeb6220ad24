# What ./test runs. Each part prints its own output to a log, of which a failure shows the end; all are counted.
# Sourced by ./test.
logs=$(mktemp -d)
passed=0 failed=0 skipped=0
left_out=()
fuzz_seconds=60        # for each fuzzer in ./test
long_fuzz_seconds=600  # for each fuzzer in ./test --all

# part NAME COMMAND...: runs and counts; every line "skipped: why" in its output is a test that did not run.
part() {
    local name=$1 log="$logs/${1//[^A-Za-z0-9]/-}" started=$SECONDS verdict=passed
    shift
    if "$@" >"$log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        verdict=FAILED
    fi
    local skips; skips=$(grep -c '^skipped: ' "$log" || true)
    skipped=$((skipped + skips))
    printf '%-8s %-34s %4d s%s\n' "$verdict" "$name" $((SECONDS - started)) "$([ "$skips" = 0 ] || echo "   $skips skipped")"
    grep '^skipped: ' "$log" | sort -u | sed 's/^/         /' || true
    grep -E '^measured: |executions, cov' "$log" | sed -E 's/^(measured: )?/         /' || true
    [ $verdict = passed ] || { tail -n 60 "$log"; echo "         (whole output: $log)"; }
}

unit_tests() { for_each_test "$1" --test-case-exclude='campaign:*'; }

# for_each_test PRESET ARGUMENT...: one part for each room's test program.
for_each_test() {
    local preset=$1 program
    shift
    for program in build/"$preset"/*_test; do
        part "$(basename "$program") ($preset)" "$program" "$@"
    done
}

suite() {
    install_packages scripts/packages scripts/packages-test
    build asan
    build fuzz
    say "Testing"
    part "tidy: the sources themselves" tests/tidy/run.sh
    unit_tests asan
    part "text: commands and their output" node tests/text/run.mjs build/asan/groundwork
    part "browser: the report" tests/browser/run.sh build/asan
    part "fuzzing, $fuzz_seconds s a reader" tests/fuzz/run.sh "$fuzz_seconds" build/fuzz
    part "a scan of the demo" scripts/demo.sh build/asan/groundwork build/asan/demo
}

# campaigns SECONDS: what takes long, in order of worth; 0 = all of it however long it takes.
campaigns() {
    install_packages scripts/packages scripts/packages-test
    local end=$((SECONDS + $1)) limited=$1
    # campaign NAME LIKELY_SECONDS FUNCTION
    campaign() {
        if [ "$limited" != 0 ] && [ $((SECONDS + $2)) -gt $end ]; then
            left_out+=("$1 (about $2 s)")
        else
            "$3"
        fi
    }
    say "Campaigns"
    campaign "simulations" 300 simulations
    campaign "the unit tests under ThreadSanitizer" 600 thread_sanitizer
    campaign "long fuzzing" $((long_fuzz_seconds * 4 + 120)) long_fuzzing
}
simulations() { build asan; for_each_test asan --test-case='campaign:*'; }
thread_sanitizer() { build tsan; unit_tests tsan; }
long_fuzzing() { build fuzz; part "fuzzing, $long_fuzz_seconds s a reader" tests/fuzz/run.sh $long_fuzz_seconds build/fuzz; }

summary() {
    local what
    for what in ${left_out[@]+"${left_out[@]}"}; do
        echo "left out: $what"
    done
    if [ "$skipped" -gt 0 ] && [ -d ../shared ]; then
        echo "../shared is here, so nothing may be skipped."
        failed=$((failed + 1))
    fi
    printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ]
}
