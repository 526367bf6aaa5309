# What the benchmarks share, so that what is compared differs in one thing only.
# Needs common.sh, folder.sh, packages.sh, site.sh.
# shellcheck shell=bash
# shellcheck disable=SC2034 # for those who source this

# Sets count, memory, kernel and the rest from the options of all of the scripts.
parse_bench() { # OPTION...
    count=21 memory=128 kernel='' distribution='' rounds=3 timeout=600 size=700
    while [[ $# -gt 0 ]]; do
        case $1 in
        --help | -h)
            usage
            exit 0
            ;;
        --instances | --memory | --kernel | --fjord | --rounds | --timeout | --size)
            [[ $# -ge 2 && -n $2 ]] || wrong_usage "$1 needs a value"
            ;;
        *) wrong_usage "what is '$1'?" ;;
        esac
        case $1 in
        --instances) count=$(number "$1" "$2" 1 900) ;;
        --memory) memory=$(number "$1" "$2" 32 65536) ;;
        --kernel) kernel=$2 ;;
        --fjord) distribution=$2 ;;
        --rounds) rounds=$(number "$1" "$2" 1 100) ;;
        --size) size=$(number "$1" "$2" 128 65536) ;;
        --timeout) timeout=$(number "$1" "$2" 1 86400) ;;
        esac
        shift 2
    done
}

addresses() { # COUNT
    local number
    for ((number = 1; number <= $1; number++)); do
        address "$number"
    done
}

# Who asks for an address before it is there asks again after a second, which
# is longer than what is measured here: ask ten times as often.
ask_often() { # BRIDGE
    in_netns sh -c "echo 100 >/proc/sys/net/ipv4/neigh/$1/retrans_time_ms"
}

# Returns when every address has answered a ping once. On both sides it asks from
# the beginning, so that both bear what the asking costs.
await_answers() { # SECONDS, addresses on standard input
    in_netns "$EXAMPLES/bench/answers" "$1" || fail 'not all of them answer'
}

# Processor time of all that has run on this host so far.
busy_milliseconds() {
    local tick
    tick=$(getconf CLK_TCK)
    # user nice system idle iowait irq softirq (proc_stat(5))
    awk -v tick="$tick" '/^cpu / { printf "%d", ($2 + $3 + $4 + $7 + $8) * 1000 / tick }' /proc/stat
}

# Milliseconds as seconds with two decimals.
as_seconds() { # MILLISECONDS
    printf '%d.%02d' $(($1 / 1000)) $(($1 % 1000 / 10))
}

median() { # NUMBER...
    printf '%s\n' "$@" | sort -n |
        awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

ratio() { # NUMBER NUMBER
    awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'
}

# Takes files out of the page cache, and nobody else's along with them.
forget() { # FILE...
    local file
    for file in "$@"; do
        dd if="$file" iflag=nocache count=0 status=none
    done
}

mib_on_disk() { # FILE: what it takes up, without its holes
    echo $(($(stat -c %b "$1") / 2048))
}

# A site's folder without anybody's machines, and with promises of any number of
# them, so that no figure is a refusal.
make_room() {
    remove_partners
    sed -i -e 's,^    memory: 1.5,    memory: 100.0,' -e 's,^    disk: 2.0,    disk: 100.0,' \
        "$DIR/site/hosts/slart.yaml"
}
