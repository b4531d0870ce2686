# What the scripts of this folder share. Sourced, never run.

set -u -o pipefail

script=${0##*/}

# Colour only for a person at a terminal.
if [[ -t 1 && ${TERM:-dumb} != dumb && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' green='' red='' plain=''
fi

# good|bad|note NAME TEXT…: one line about one item.
item() { printf '%s%-6s%s %-12s %s\n' "$1" "$2" "$plain" "$3" "${*:4}"; }
good() { item "$green" ok "$@"; }
bad() { item "$red" FAIL "$@"; }
note() { item '' '' "$@"; }

heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# Ends the script with a sentence on standard error.
die() {
    printf '%s: %s\n' "$script" "$*" >&2
    exit 1
}

# A mistake in the command line: the sentence, and where the right one is found.
misuse() {
    printf "%s: %s\nTry 'Scripts/%s --help'.\n" "$script" "$*" "$script" >&2
    exit 2
}

# value OPTION COUNT [VALUE]: the value that follows an option, where COUNT words are left.
value() {
    (($2 > 1)) || misuse "$1 needs a value"
    printf '%s\n' "$3"
}

# number OPTION VALUE MIN MAX: checks that a value is a whole number within bounds.
number() {
    if [[ ! $2 =~ ^(0|[1-9][0-9]{0,6})$ ]] || (($2 < $3 || $2 > $4)); then
        misuse "$1 takes a whole number from $3 to $4, not '$2'"
    fi
}

# The folder in which DPDK keeps each group's runtime directory when it runs as root.
runtime_root() { printf '%s/dpdk\n' "${RUNTIME_DIRECTORY:-/var/run}"; }

# traces PREFIX: what groups whose file prefix begins with PREFIX have left in the file system, one path a line.
traces() {
    shopt -s nullglob
    local found=("$(runtime_root)/$1"* /dev/hugepages/"$1"*map_* /dev/shm/*"$1"*)
    shopt -u nullglob
    ((${#found[@]} == 0)) || printf '%s\n' "${found[@]}"
}

# MARK: - Programs

# Programs run in sessions of their own, so that Ctrl-C reaches this script alone and they are stopped in order; and
# they get SIGTERM if it is killed. Always called with '&': it takes the place of the shell that runs it.
start() { exec setsid setpriv --pdeathsig TERM -- "$@"; }

# In the background, so that a signal to this script is acted upon at once.
run() {
    start "$@" </dev/null &
    wait $!
}

# stop PID: SIGTERM to a program started here and to its children, SIGKILL if that does not help. Gives its status.
stop() {
    local attempt
    kill -TERM -- "-$1" 2>/dev/null || kill -TERM "$1" 2>/dev/null
    for ((attempt = 0; attempt < 100; attempt++)); do
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    kill -KILL -- "-$1" 2>/dev/null
    kill -KILL "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}

# within SECONDS COMMAND…: waits until the command succeeds.
within() {
    local deadline=$((SECONDS + $1))
    until "${@:2}" 2>/dev/null >&2; do
        ((SECONDS < deadline)) || return
        sleep 0.05
    done
}

alive() { kill -0 "$1" 2>/dev/null; }

# at_end FUNCTION: has it called once, however the script ends; signals that come meanwhile are ignored.
at_end() {
    # shellcheck disable=SC2064 # the name is known now
    trap "end $1 \$?" EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# shellcheck disable=SC2317 # reached through the trap
end() {
    trap '' HUP INT TERM
    trap - EXIT
    "$1"
    exit "$2"
}

# become_root SCRIPT ARGUMENT…: runs the script anew under sudo, unless this is root already.
become_root() {
    ((EUID == 0)) && return
    command -v sudo >/dev/null || die "this needs root, and there is no sudo here"
    exec sudo --preserve-env=DEMO_SERVER,DEMO_CLIENT,CI -- env "PATH=$PATH" "$@"
}
