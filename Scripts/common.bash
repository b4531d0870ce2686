# Functions that the scripts of this folder share. This file is sourced, never run.

set -u -o pipefail

script=${0##*/}

# Colours are used only if the output goes to a terminal.
if [[ -t 1 && ${TERM:-dumb} != dumb && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' green='' red='' plain=''
fi

# good|bad|note NAME TEXT…: prints one line about an item.
item() { printf '%s%-6s%s %-12s %s\n' "$1" "$2" "$plain" "$3" "${*:4}"; }
good() { item "$green" ok "$@"; }
bad() { item "$red" FAIL "$@"; }
note() { item '' '' "$@"; }

heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

# Ends the script with a message on standard error.
die() {
    printf '%s: %s\n' "$script" "$*" >&2
    exit 1
}

# Ends the script over a mistake in the command line, with a message that points to --help.
misuse() {
    printf "%s: %s\nTry 'Scripts/%s --help'.\n" "$script" "$*" "$script" >&2
    exit 2
}

# value OPTION COUNT [VALUE]: prints the value of an option. COUNT is how many words are left, with the option.
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

# traces PREFIX: prints the files of groups whose file prefix begins with PREFIX, one path a line.
traces() {
    shopt -s nullglob
    local found=("$(runtime_root)/$1"* /dev/hugepages/"$1"*map_* /dev/shm/*"$1"*)
    shopt -u nullglob
    ((${#found[@]} == 0)) || printf '%s\n' "${found[@]}"
}

# MARK: - Programs

# Each program runs in its own session, so that Ctrl-C reaches only this script, which then stops the programs in order.
# They get SIGTERM if this script is killed. Always call `start` with '&': it replaces the shell that runs it.
start() { exec setsid setpriv --pdeathsig TERM -- "$@"; }

# Runs the program in the background, so that this script handles signals at once.
run() {
    start "$@" </dev/null &
    wait $!
}

# stop PID: sends SIGTERM to a program that was started here and to its children, and SIGKILL if they do not end.
# Returns the program's status.
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

# at_end FUNCTION: calls the function once when the script ends, for any reason, and ignores signals meanwhile.
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

# become_root SCRIPT ARGUMENT…: runs the script again with sudo, unless it runs as root already.
become_root() {
    ((EUID == 0)) && return
    command -v sudo >/dev/null || die "this needs root, and there is no sudo here"
    exec sudo --preserve-env=DEMO_SERVER,DEMO_CLIENT,CI -- env "PATH=$PATH" "$@"
}
