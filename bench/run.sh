#!/usr/bin/env bash
# bench/run.sh BUILD [--quick]: every benchmark, on made-up data. First one row a task: our median, the peer's median on
# the same data in the same run, the ratio; then how our time and memory grow; last our kernels (Google Benchmark).
# --quick measures everything but short tasks once, without what takes the peers or us minutes. docs/benchmarks.md explains every row.
. "$(dirname "$0")/../scripts/common.sh"
if [ ! -x "${1:-}/groundwork" ] || [ "${2:---quick}" != --quick ]; then
    sed -n '2,4s/^# //p' bench/run.sh
    exit 2
fi
build=$(cd "$1" && pwd)
quick=${2:-}
data=$build/data
if [ "$quick" ]; then runs=1 limit=2; else runs=5 limit=20; fi

# The median of the numbers on standard input; "failed" if a line is not a number, or there is none.
median() {
    sort -g | awk '$1 !~ /^-?[0-9]/ { failed = 1 } { value[NR] = $1 }
        END { if (failed || NR == 0) print "failed"; else print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}
# again N COMMAND...: what the command prints in N runs
again() { for _ in $(seq "$1"); do "${@:2}" || echo failed; done; }
# numbers KEY: every "KEY": NUMBER on standard input, one a line, and every failure
numbers() { sed -nE "s/.*\"$1\": *([0-9.e-]+).*/\1/p; /^failed$/p"; }
# timed COMMAND...: its output, then what bench/timed.cpp says of its time and memory
timed() { "$build/bench/timed" "$@" 2>/dev/null; }
# whole COMMAND...: the median of its seconds from start to end
whole() { again $runs timed "$@" | numbers elapsed | median; }
# added N OPTION COMMAND...: the median of the seconds that an option adds to a command, divided by N
added() { again $runs added_once "$@" | median; }
added_once() {
    local option without with
    read -ra option <<<"$2"
    without=$(timed "${@:3}" | numbers elapsed) && with=$(timed "${@:3}" "${option[@]}" | numbers elapsed) || return 1
    awk -v without="$without" -v with="$with" -v n="$1" 'BEGIN { print (with - without) / n }'
}

# kernels PROGRAM: runs one of our Google Benchmarks
kernels() {
    "$build/bench/$1" --benchmark_min_time="$([ "$quick" ] && echo 0.02 || echo 0.2)" --benchmark_repetitions=5 \
        --benchmark_out_format=csv --benchmark_out="$data/kernels/$1.csv" >/dev/null 2>&1
}
# kernel NAME: its median in seconds
kernel() {
    cat "$data"/kernels/*.csv | tr -d '"' | awk -F, -v name="$1_median" '
        BEGIN { unit["ns"] = 1e-9; unit["us"] = 1e-6; unit["ms"] = 1e-3; unit["s"] = 1 }
        $1 == name { print $3 * unit[$5] }'
}
# ask SCRIPT ARGUMENT...: runs a peer's script and keeps its lines "name seconds" for peer; what it did not get to fails
ask() {
    peers=$(cd bench/peers && timeout 1800 Rscript "$@" 2>"$data/$1.log") && return
    echo "bench/peers/$1 ended with $?:" >&2
    cat "$data/$1.log" >&2
}
peer() { awk -v name="$1" '$1 == name { $1 = ""; print substr($0, 2) }' <<<"$peers"; }

# row TASK OURS PEER SECONDS: a line of the table; seconds that are no number are printed as the words they are
row() {
    awk -v task="$1" -v ours="$2" -v name="$3" -v peer="$4" '
        function is_time(value) { return value ~ /^-?[0-9.]+(e-?[0-9]+)?$/ }
        function shown(value) {
            if (!is_time(value)) return value == "" ? "failed" : value
            return value >= 1 ? sprintf("%.2f s", value) : value >= 1e-3 ? sprintf("%.2f ms", value * 1e3) : sprintf("%.1f us", value * 1e6)
        }
        BEGIN {
            ratio = is_time(ours) && is_time(peer) && ours > 0 ? sprintf("%.*f", peer / ours < 10 ? 1 : 0, peer / ours) : "-"
            printf "| %-50s | %10s | %-32s | %10s | %7s |\n", task, shown(ours), name, shown(peer), ratio
        }'
}

# diary PEOPLE: the command that fits the model of the founding study to a diary of so many people
diary() {
    fit=("$build/groundwork" fit 'pos ~ week * arm * scc + (week | id)' "$data/diary$1.csv"
        --mutate 'scc = sc - 3' --reference arm=MM)
}
# fits TASK N: the fit of that diary, measured by N fits more, beside all peers
fits() {
    local here
    here=$(added "$2" "--repeat $2" "${fit[@]}")
    row "$1" "$here" "lmerTest" "$(peer fit_lmerTest)"
    row "$1" "$here" "lme4 (no degrees of freedom)" "$(peer fit_lmer)"
    row "$1" "$here" "nlme (cruder degrees of freedom)" "$(peer fit_nlme)"
}
diary_of_217() {
    local power=("$build/groundwork" power --simulations 200)
    diary 217
    ask diary.R "$data/diary217.csv" $limit fits
    fits "217 people: fit, Satterthwaite" 200
    ask diary.R "$data/diary217.csv" $limit questions
    row "217 people: process, CSV to printed table" "$(whole "${fit[@]}")" "Rscript, fread, lmerTest" "$(whole Rscript bench/peers/whole.R "$data/diary217.csv")"
    row "217 people: fit, Kenward-Roger" "$(added 50 '--repeat 50' "${fit[@]}" --ddf kenward-roger)" "lmerTest with pbkrtest" "$(peer kenward_roger)"
    row "217 people: fit, AR(1) residuals" "$(added 5 '--repeat 5' "${fit[@]}" --ar1 day)" "nlme corCAR1" "$(peer serial)"
    row "217 people: all 12 profile intervals" "$(added 1 --profile "${fit[@]}")" "lme4 confint" "$(peer profile)"
    row "217 people: 200 parametric bootstraps" "$(added 1 '--bootstrap 200' "${fit[@]}")" "lme4 bootMer (5, x 40)" "$(peer bootstrap_200)"
    row "power, 200 data sets, Satterthwaite" "$(whole "${power[@]}")" "simulate, lmerTest (1, x 200)" "$(peer power_200)"
    row "power, 200 data sets, Kenward-Roger" "$(whole "${power[@]}" --ddf kenward-roger)" "simulate, pbkrtest (1, x 200)" \
        "$(peer power_200_kenward_roger)"
}
diary_of_10000() {
    local whole_peer=slow
    diary 10000
    ask diary.R "$data/diary10000.csv" $limit fits
    [ "$quick" ] || whole_peer=$(whole Rscript bench/peers/whole.R "$data/diary10000.csv")
    fits "10,000 people: fit, Satterthwaite" 5
    row "10,000 people: process, CSV to printed table" "$(whole "${fit[@]}")" "Rscript, fread, lmerTest" "$whole_peer"
    row "10,000 people: read the CSV" "$(again $runs "${fit[@]}" --json | numbers read | median)" "data.table fread, 1 thread" "$(peer read_fread)"
    row "10,000 people: fit, Kenward-Roger" "$(added 5 '--repeat 5' "${fit[@]}" --ddf kenward-roger)" "pbkrtest (needs 2 TB of memory)" "cannot"
}

# Students, lecturers and departments: made up, and the real InstEval where it lies beside the checkout.
crossed() {
    local file
    for file in "$data/ratings.csv" ../shared/data/InstEval.csv; do
        [ -f "$file" ] || continue
        ask crossed.R "$(realpath "$file")" $limit
        row "three crossed factors, $(basename "$file")" \
            "$(added 1 '--repeat 1' "$build/groundwork" fit 'y ~ service + (1 | s) + (1 | d) + (1 | dept)' "$file")" "lme4" "$(peer crossed)"
    done
}

generalized() {
    kernels bench_generalized
    ask generalized.R "$data" $limit
    for program in glmer glmmTMB; do
        row "binomial, people x items, 7,584 rows (as VerbAgg)" "$(kernel binomial_crossed)" $program "$(peer binomial_crossed_$program)"
        row "binomial, slopes vary, 1,920 (as Contraception)" "$(kernel binomial_slopes)" $program "$(peer binomial_slopes_$program)"
        row "Poisson, 1,953 rows" "$(kernel poisson)" $program "$(peer poisson_$program)"
    done
    row "binomial, 1,920 rows, 9 quadrature points" "$(kernel binomial_9_points)" glmer "$(peer binomial_9_points_glmer)"
}

meta() {
    kernels bench_meta
    ask meta.R "$data" $limit
    row "meta-analysis, REML, 13 studies" "$(kernel meta_classic)" metafor "$(peer meta_classic)"
    row "meta-analysis, REML, 5,000 studies, a moderator" "$(kernel meta_large/5000)" metafor "$(peer meta_large)"
}

psychometrics() {
    kernels bench_psychometrics
    ask psychometrics.R "$data" $limit
    row "alpha and item statistics, 2,800 x 5" "$(kernel alpha)" psych "$(peer alpha)"
    row "omega by Schmid-Leiman, 2,800 x 5" "$(kernel omega)" psych "$(peer omega)"
    row "one factor, 2,800 x 5" "$(kernel one_factor)" lavaan "$(peer one_factor)"
    row "Rasch, conditional likelihood, 100 x 30" "$(kernel rasch/100/30)" eRm "$(peer rasch)"
    row "growth with holes (FIML, test of fit), 217 x 9" "$(kernel growth/chi_square:1)" lavaan "$(peer growth)"
}

# What runs a programme. The ratio of durable appends is the share of plain SQLite's speed that is left to the ledger.
programmes() {
    local appends people seconds
    appends=$("$build/bench/durable_appends" "$data")
    for task in one_cohort many_cohorts; do
        row "16,000 durable events, ${task/_/ }" "$(awk -v t=$task '$1 == t { print $2 }' <<<"$appends")" \
            "SQLite, plain rows, same batches" "$(awk -v t=$task '$1 == t { print $3 }' <<<"$appends")"
    done
    for people in 217 $([ "$quick" ] || echo 10000); do
        row "rehearsal of matched-six-week, $people people" \
            "$(whole "$build/groundwork" rehearse matched-six-week --people $people --power 0)" "-" "no peer"
    done
}

# grows WHAT SIZE ROWS COMMAND...: a line of the table of growth. The orders compare with the line before.
grows() {
    again $runs timed "${@:4}" --json >"$data/growth.json"
    local now
    now="$2 $(for key in read fit megabytes; do numbers $key <"$data/growth.json" | median; done | xargs)"
    awk -v what="$1" -v rows="$3" -v before="$([ "$1" = "${before_what:-}" ] && echo "$before")" -v now="$now" '
        function order(k) { return before == "" ? "" : sprintf("%.2f", log(b[k] / a[k]) / log(b[1] / a[1])) }
        BEGIN {
            split(before, a); split(now, b)
            printf "| %-16s | %9d | %9d | %9.4f | %5s | %9.4f | %5s | %9.1f | %5s |\n",
                what, b[1], rows, b[2], order(2), b[3], order(3), b[4], order(4)
        }'
    before_what=$1 before=$now
}
# The largest diary has 10 million rows: half a gigabyte on disk, 1.3 GB in memory.
growth() {
    local total people effects formula
    say "Growth: order 1 is as fast as the size, 2 as fast as its square"
    printf '| %-16s | %9s | %9s | %9s | %5s | %9s | %5s | %9s | %5s |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n' \
        "what grows" size rows "read, s" order "fit, s" order "peak, MB" order
    diary _growing
    for total in 10000 100000 $([ "$quick" ] || echo 1000000 10000000); do
        "$build/bench/diary_data" 100 "$data/diary_growing.csv" $((total / 100))
        grows "rows, 100 people" "$total" "$total" "${fit[@]}"
    done
    if [ "$quick" ]; then total=100000; else total=1000000; fi
    for people in 100 1000 10000 $([ "$quick" ] || echo 100000); do
        "$build/bench/diary_data" "$people" "$data/diary_growing.csv" $((total / people))
        grows "people" "$people" "$total" "${fit[@]}"
    done
    rm "$data/diary_growing.csv"
    for effects in 2 4 8; do
        formula=$(seq -f 'x%g' -s ' + ' $((effects - 1)))
        grows "effects a person" "$effects" 63000 "$build/groundwork" fit "y ~ $formula + ($formula | id)" "$data/varying_effects.csv"
    done
}

# What no peer stands beside, and what stood in the rows above.
rest_of_kernels() {
    say "Kernels, from memory (medians; processor time tells how busy the machine was)"
    kernels bench_table
    kernels bench_statistics
    cat "$data"/kernels/*.csv | tr -d '"' | awk -F, '$1 ~ /_median$/ {
        sub(/_median$/, "", $1); printf "%-28s %10.4g %s   processor %10.4g %s\n", $1, $3, $5, $4, $5 }'
}

rm -rf "$data/kernels"
mkdir -p "$data/kernels"
for people in 217 10000; do "$build/bench/diary_data" $people "$data/diary$people.csv"; done
"$build/bench/made_data" "$data"
say "Tasks, beside the programs that evaluators use today"
printf '| %-50s | %10s | %-32s | %10s | %7s |\n|---|---:|---|---:|---:|\n' "task" "ours" "peer" "its time" "ratio"
diary_of_217
diary_of_10000
crossed
generalized
meta
psychometrics
programmes
row "start alone (groundwork --version)" "$(whole "$build/groundwork" --version)" "Rscript -e 1" "$(whole Rscript -e 1)"
growth
rest_of_kernels
