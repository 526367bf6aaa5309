# Words that every script here uses. Sourced, never run.
# shellcheck shell=bash

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
EXAMPLES=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # for those who source this
CLONE=$(dirname "$EXAMPLES")

# One line of progress with the seconds since the start: it reads as well in a
# log as on a screen.
say() {
    printf '[%4ds] %s\n' "$SECONDS" "$*"
}

# Says what went wrong and what to do about it; each argument is a line.
fail() {
    printf '\n%s: %s\n' "${0##*/}" "$1" >&2
    shift
    if [[ $# -gt 0 ]]; then
        printf '  %s\n' "$@" >&2
    fi
    exit 1
}

wrong_usage() {
    printf '%s: %s (--help tells more)\n' "${0##*/}" "$*" >&2
    exit 64
}

# Prints the value of an option that takes a number.
number() { # OPTION VALUE LEAST MOST
    if ! [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || (($2 < $3 || $2 > $4)); then
        wrong_usage "$1 takes a number from $3 to $4, not '$2'"
    fi
    echo "$2"
}

require_root() {
    [[ $EUID -eq 0 ]] ||
        fail 'this needs root, for a network namespace, taps and one user per machine.' \
            "Run it again as root: sudo $0"
}

have() { # COMMAND
    type -P "$1" >/dev/null
}

milliseconds() { # since 1970
    local now=$EPOCHREALTIME
    now=${now/[.,]/}
    echo $((now / 1000))
}
