# Shared by ./run, ./test and .ci/run. Sourced, not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
cores=$(nproc)

say() { printf '\n== %s\n' "$*"; }

# install_packages FILE...: installs what the lists name and the machine lacks; asks nothing.
install_packages() {
    local wanted missing=() become=()
    wanted=$(cat "$@" | grep -v '^#')
    for package in $wanted; do
        # A command of the package's name will do, wherever it came from: npm, for one, also comes with other node packages.
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || command -v "$package" >/dev/null ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "These Debian packages are missing and only root or sudo can install them: ${missing[*]}" >&2; exit 3; }
        become=(sudo -n)
    fi
    say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
    local apt=("${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 -qq)
    local log; log=$(mktemp)
    if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "The packages could not be installed; the whole output is in $log" >&2
        exit 3
    fi
    rm -f "$log"
}

# build PRESET: configures once, then builds.
build() {
    say "Building ($1)"
    cmake --preset "$1" >"/tmp/groundwork-configure-$1.log" 2>&1 || { cat "/tmp/groundwork-configure-$1.log" >&2; exit 1; }
    cmake --build --preset "$1"
}

# Every C++ file of ours.
sources() { git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp'; }
