#!/usr/bin/env bash
# demo.sh BINARY FOLDER: the main job from end to end on made-up people: where each starts, what programme fits,
# and, after it, whether it helped.
. "$(dirname "$0")/common.sh"
groundwork=$1 folder=$2

# show COMMAND...: prints the command as one would type it, then its output.
show() {
    printf '\n$ groundwork'
    printf ' %s' "$@"
    printf '\n'
    "$groundwork" "$@"
}

rm -rf "$folder"
show example-data --out "$folder"
show score scs "$folder/screening.csv" --id id
show match matched-six-week "$folder/screening.csv" --id id --seed 1 --out "$folder/plans.csv"
show benefit "$folder/outcomes.csv" --id id --outcome cesd_after --baseline cesd_before --arm arm --moderator scs \
    --randomised yes --better lower --report "$folder/report.html"
say "The report: $PWD/$folder/report.html (open it in a browser)"
