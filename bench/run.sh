#!/usr/bin/env bash
# bench/run.sh BUILD [--quick]: every benchmark, on made-up data. First one row a task: our median, the peer's median on
# the same data in the same run, the ratio; then how our time grows with a diary; last our kernels (Google Benchmark).
# --quick measures everything once, without what takes the peers or us minutes. docs/benchmarks.md explains every row.
. "$(dirname "$0")/../scripts/common.sh"
build=$(cd "$1" && pwd)
quick=${2:-}
groundwork=$build/groundwork
data=$build/data
model='pos ~ week * arm * scc + (week | id)'
if [ "$quick" ]; then runs=1 limit=0 sizes="217"; else runs=5 limit=20 sizes="217 10000"; fi

# The median of the numbers on standard input; "failed" if a line is not a number, or there is none.
median() {
    sort -g | awk '$1 !~ /^-?[0-9]/ { failed = 1 } { value[NR] = $1 }
        END { if (failed || NR == 0) print "failed"; else print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
}
# again N COMMAND...: what the command prints in N runs, one line each
again() { for _ in $(seq "$1"); do "${@:2}" || echo failed; done; }
# elapsed COMMAND...: seconds from its start to its end
elapsed() {
    local start=$EPOCHREALTIME
    "$@" >/dev/null 2>&1 || return 1
    awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.6f\n", end - start }'
}
# number KEY: the last "KEY": NUMBER of a JSON document on standard input
number() { grep -oE "\"$1\": *[0-9.e-]+" | tail -n 1 | grep -oE '[0-9.e-]+$'; }

# fit FILE OPTION...: the diary's model from the command line
fit() { "$groundwork" fit "$model" "$1" --mutate 'scc = sc - 3' --reference arm=MM "${@:2}"; }
# part KEY FILE: one of the seconds that the command reports of itself: read or fit
part() { fit "$2" --json | number "$1"; }
# once_more N FILE OPTION...: seconds of one fit from memory, its table included: what N more fits add to the process
once_more() {
    local without with
    without=$(elapsed fit "${@:2}") && with=$(elapsed fit "${@:2}" --repeat "$1") || return 1
    awk -v without="$without" -v with="$with" -v fits="$1" 'BEGIN { print (with - without) / fits }'
}
# beyond_fit FILE OPTION...: seconds of what follows reading and the fit: the bootstrap
beyond_fit() {
    local json
    json=$(fit "$@" --json) || return 1
    awk -v total="$(number total <<<"$json")" -v read="$(number read <<<"$json")" -v fit="$(number fit <<<"$json")" \
        'BEGIN { print total - read - fit }'
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
    peers=$(cd bench/peers && timeout 1200 Rscript "$@" 2>"$data/$1.log") && return
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
            printf "| %-52s | %10s | %-34s | %10s | %6s |\n", task, shown(ours), name, shown(peer), ratio
        }'
}

diaries() {
    for people in $sizes; do
        local file=$data/diary$people.csv fits here
        ask diary.R "$file" $limit "$([ "$people" = 217 ] && echo all || echo fits)"
        fits=$([ "$people" = 217 ] && echo 200 || echo 5)
        here=$(again $runs once_more "$fits" "$file" | median)
        row "read the CSV, $people people" "$(again $runs part read "$file" | median)" "data.table fread, 1 thread" "$(peer read_fread)"
        row "fit from memory, Satterthwaite, $people people" "$here" "lmerTest" "$(peer fit_lmerTest)"
        row "" "$here" "lme4 (no degrees of freedom)" "$(peer fit_lmer)"
        row "" "$here" "nlme (cruder degrees of freedom)" "$(peer fit_nlme)"
        [ "$people" = 217 ] && beyond_the_fit "$file"
    done
    return 0
}
beyond_the_fit() {
    row "Kenward-Roger, the same fit" "$(again $runs once_more 50 "$1" --ddf kenward-roger | median)" "lmerTest with pbkrtest" "$(peer kenward_roger)"
    row "AR(1) residuals, the same fit" "$(again $runs once_more 5 "$1" --ar1 day | median)" "nlme corCAR1" "$(peer serial)"
    row "200 parametric bootstrap refits" "$(again $runs beyond_fit "$1" --bootstrap 200 | median)" "lme4 bootMer (5 refits, x 40)" "$(peer bootstrap_200)"
    row "power: 1,000 simulated studies" "$(again $runs elapsed "$groundwork" power | median)" "lmerTest (1 study, x 1,000)" "$(peer power_1000)"
}

generalized() {
    kernels bench_generalized
    ask generalized.R "$data" $limit
    for program in glmer glmmTMB; do
        row "binomial, 7,584 rows, people and items crossed" "$(kernel binomial_crossed)" $program "$(peer binomial_crossed_$program)"
        row "binomial, 1,920 rows, slopes vary" "$(kernel binomial_slopes)" $program "$(peer binomial_slopes_$program)"
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

whole_processes() {
    row "start, CSV, fit, printed table: 217 people" "$(again $runs elapsed fit "$data/diary217.csv" | median)" "Rscript with fread and lmerTest" \
        "$(again $runs elapsed Rscript bench/peers/whole.R "$data/diary217.csv" | median)"
    row "start alone (groundwork --version)" "$(again $((4 * runs)) elapsed "$groundwork" --version | median)" "Rscript -e 1" \
        "$(again $runs elapsed Rscript -e 1 | median)"
}

# One diary after the other, ten times as long each time; the largest needs 6 GB of memory and is made and removed here.
growth() {
    say "Growth: 63 days a person, the fit with Satterthwaite, in a fresh process each time"
    printf '| %10s | %12s | %12s | %26s |\n|---:|---:|---:|---:|\n' rows "read, s" "fit, s" "fit, s by million rows"
    for people in 159 1587 $([ "$quick" ] || echo 15873 158730); do
        local file=$data/growth.csv fitted
        "$build"/bench/diary_data "$people" "$file"
        fitted=$(again $((people > 20000 ? 1 : runs)) part fit "$file" | median)
        printf '| %10d | %12.4f | %12.4f | %26.4f |\n' $((people * 63)) "$(again $((people > 20000 ? 1 : runs)) part read "$file" | median)" \
            "$fitted" "$(awk -v seconds="$fitted" -v rows=$((people * 63)) 'BEGIN { print seconds / rows * 1e6 }')"
        rm "$file"
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
for people in $sizes; do "$build"/bench/diary_data "$people" "$data/diary$people.csv"; done
"$build"/bench/made_data "$data"
say "Tasks, beside the programs that evaluators use today"
printf '| %-52s | %10s | %-34s | %10s | %6s |\n|---|---:|---|---:|---:|\n' "task" "ours" "peer" "its time" "ratio"
diaries
generalized
meta
psychometrics
whole_processes
growth
rest_of_kernels
