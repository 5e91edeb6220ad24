#!/usr/bin/env bash
# Reads the sources themselves: what a reviewer would otherwise have to look for every time.
set -u
cd "$(dirname "$0")/../.." || exit 3
complaints=$(mktemp)
trap 'rm -f "$complaints"' EXIT
files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done; }

# complain WHAT: keeps the offending lines that it reads from standard input.
complain() {
    local lines
    lines=$(head -n 20)
    [ -z "$lines" ] || printf '%s:\n%s\n\n' "$1" "$lines" >>"$complaints"
}
# banned WHY PATTERN PATHSPEC...: no line of the files may match.
banned() {
    local why=$1 pattern=$2
    shift 2
    files "$@" | xargs -r grep -nHE -- "$pattern" | complain "$why"
}

code=('src/*.h' 'src/*.cpp')
banned "A room is entered by its door, never by a path with .." '#include "\.\./' "${code[@]}" 'tests/*.cpp' 'tests/*.h'
banned "Locale-dependent or inexact; use to_number, to_integer, shortest, fixed" \
    '\b(atoi|atof|atol|strtod|stod|stoi|stol|sprintf|setlocale)\(' "${code[@]}" ':!*_test.cpp'
banned "Randomness that differs between machines; use RandomStream" 'std::(mt19937|normal_distribution|uniform_real_distribution|uniform_int_distribution|random_device)|\brand\(' "${code[@]}"
banned "assert vanishes in a release; use ENSURE" '(^|[^_a-z])assert\(' "${code[@]}"
banned "Say it in an issue, not in the code" '\b(TODO|FIXME|XXX)\b' "${code[@]}" 'content/*' 'tests/*.cpp' 'bench/*'
banned "Tabs" $'\t' "${code[@]}"
banned "White space at a line's end" '[[:space:]]$' "${code[@]}" 'run' 'test' 'scripts/*' '*.md'
banned "Over 110 columns" '^.{111,}' "${code[@]}"
banned "A registry's host in a lock file" 'https?://registry|"resolved"' '*package-lock.json'

# Heavy or foreign headers stay in the one file that wraps them.
only_in() {
    local header=$1 where=$2
    files "${code[@]}" | xargs grep -lE "#include <$header" | grep -vE "$where" | complain "<$header ...> belongs in $where only"
}
only_in 'CLI/' 'src/command/options\.cpp'
only_in 'valijson/' 'src/content/schema\.cpp'
only_in 'sqlite3' 'src/ledger/(database|simulated_disk)\.cpp'
only_in 'readstat' 'src/table/[a-z_]*\.cpp'
only_in 'boost/math/' 'src/(statistics/(distributions|mixed/residual_structure)|programme/core/care)\.cpp'
files 'src/*.h' | xargs grep -lE '#include <(Eigen|boost/math|CLI|valijson|readstat|sqlite3|pugixml|zip\.h|xlsxwriter)' | grep -vE 'src/[a-z]+/(private|detail)/|src/statistics/' |
    complain "Heavy or foreign headers stay out of headers that others include"

# Outside its own folder a room is seen through its door only.
files "${code[@]}" | while read -r file; do
    room=$(echo "$file" | cut -d/ -f2)
    grep -nHE '#include "[a-z]+/' "$file" | while IFS= read -r line; do
        included=$(echo "$line" | sed -E 's|.*#include "([a-z_]+)/([a-z_/]+)\.h".*|\1 \2|')
        set -- $included
        [ "$1" = "$room" ] || [ "$1" = foundation ] || [ "$1" = "$2" ] || [ "$1" = support ] || [ "$1" = content ] || echo "$line"
    done
done | complain "Include another room's door (room/room.h), not what is behind it"

# Sizes: one file, one thing.
files "${code[@]}" | xargs wc -l | awk '$2 != "total" && $1 > 600 {print $2 ": " $1 " lines"}' | complain "Files over 600 lines"

# Documents: every relative link leads somewhere; every command named exists.
files '*.md' | while read -r file; do
    grep -oE '\]\([^)# ]+' "$file" | sed 's/^](//' | grep -vE '^(https?|mailto):' | while read -r link; do
        [ -e "$(dirname "$file")/$link" ] || [ -e "$link" ] || echo "$file: $link"
    done
done | complain "Dead links"

# Every package we install is explained.
cat scripts/packages* | grep -v '^#' | while read -r package; do
    grep -qF "\`$package\`" docs/dependencies.md || echo "$package"
done | complain "Packages without a reason in docs/dependencies.md"

cat "$complaints"
[ ! -s "$complaints" ] && echo "tidy"
