# What ./test runs. Each part prints its own output to a log, of which a failure shows the end; all are counted.
# Sourced by ./test.
logs=$(mktemp -d)
passed=0 failed=0 skipped=0
left_out=()
fuzz_seconds=60        # for each fuzzer in ./test
long_fuzz_seconds=600  # for each fuzzer in ./test --all
fuzz_rounds=5          # nine fuzzers, two at a time
search_gates=yes

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

# unit_tests PRESET: one part for each room's test program.
unit_tests() {
    local program
    for program in build/"$1"/*_test; do
        part "$(basename "$program") ($1)" "$program" --test-case-exclude='campaign*'
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
    part "the demo, from end to end" scripts/demo.sh build/asan/groundwork build/asan/demo
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
    campaign "simulations of coverage and errors" 900 simulations
    campaign "rehearsals with every fault, and known truth" 1800 rehearsals
    campaign "the unit tests under ThreadSanitizer" 900 thread_sanitizer
    if [ "$limited" != 0 ]; then
        long_fuzz_seconds=$(((end - SECONDS - 120) / fuzz_rounds))
        search_gates=no
    fi
    if [ "$long_fuzz_seconds" -gt "$fuzz_seconds" ]; then long_fuzzing; else left_out+=("long fuzzing"); fi
}
# Test cases whose name begins with "campaign": too long for sanitizers.
simulations() {
    build campaigns
    part "simulations: coverage and errors" build/campaigns/statistics_test --test-case='campaign*'
}

rehearsals() {
    build campaigns
    part "rehearsals: faults and known truth" build/campaigns/rehearsal_test --test-case='campaign*'
}

# Only rooms that start threads have anything for it to find.
thread_sanitizer() {
    local rooms room
    rooms=$({ git grep -lE 'std::(jthread|thread|async)\b|for_each_part' -- 'src/*.cpp' || true; } | cut -d/ -f2 | sort -u)
    [ -n "$rooms" ] || { echo "         ThreadSanitizer: no room starts a thread yet"; return; }
    cmake --preset tsan >/dev/null
    for room in $rooms; do
        cmake --build --preset tsan --target "${room}_test"
        part "${room}_test (tsan)" build/tsan/"${room}_test" --test-case-exclude='campaign*'
    done
}

# A search without end: what it finds is always shown. It fails `./test --all`; in continuous integration it does not hold
# back a change that is not to blame, since how far it gets depends on the machine's speed.
long_fuzzing() {
    build fuzz
    local failed_before=$failed
    part "fuzzing, $long_fuzz_seconds s a reader" tests/fuzz/run.sh "$long_fuzz_seconds" build/fuzz
    if [ "$search_gates" = no ] && [ "$failed" -gt "$failed_before" ]; then
        failed=$failed_before
        echo "FOUND by the long fuzzing, to be mended: see above"
    fi
}

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
