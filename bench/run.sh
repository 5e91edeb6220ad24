#!/usr/bin/env bash
# bench/run.sh BUILD: every benchmark. Kernels first (Google Benchmark), then whole tasks beside the programs that
# evaluators use today, on the same files in the same run: our median, the peer's median, the ratio.
. "$(dirname "$0")/../scripts/common.sh"
build=$1
data=$build/data
mkdir -p "$data"

say "Kernels"
for program in "$build"/bench/bench_*; do
    [ -x "$program" ] && "$program" --benchmark_min_time=0.2 2>/dev/null
done

# median NUMBER...: of the lines on standard input
median() { sort -g | awk '{ value[NR] = $1 } END { print (NR % 2) ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }
# ours KEY FILE REPEATS: the median over runs of one of the seconds that `fit --json` reports
ours() {
    for _ in $(seq "$3"); do
        "$build"/groundwork fit 'pos ~ week * arm * scc + (week | id)' "$2" --mutate 'scc = sc - 3' --reference arm=MM --json |
            grep -oE "\"$1\": [0-9.e-]+" | tail -n 1 | grep -oE '[0-9.e-]+$'
    done | median
}
row() { awk -v task="$1" -v ours="$2" -v name="$3" -v peer="$4" 'BEGIN { printf "%-42s %10.4f s   %-28s %10.3f s   %8.0f x\n", task, ours, name, peer, peer / ours }'; }

say "Whole tasks"
for people in 217 10000; do
    file=$data/diary$people.csv
    "$build"/bench/diary_data $people "$file"
    if [ $people = 217 ]; then repeats=5; else repeats=1; fi
    peers=$(cd bench/peers && Rscript diary.R "$OLDPWD/$file" $repeats)
    peer() { echo "$peers" | awk -v name="$1" '$1 == name { print $2 }'; }
    fit=$(ours fit "$file" 5)
    row "read a diary of $people people" "$(ours read "$file" 5)" "data.table fread, 1 thread" "$(peer read_fread)"
    row "fit it (REML, Satterthwaite)" "$fit" "lmerTest" "$(peer fit_lmerTest_satterthwaite)"
    row "" "$fit" "lme4 (no degrees of freedom)" "$(peer fit_lmer)"
done

say "Meta-analysis (ours: fit_classic and fit_large above)"
if Rscript -e 'library(metafor)' >/dev/null 2>&1; then Rscript bench/peers/meta.R; else echo "skipped: metafor is not installed"; fi
