# Machines as their users meet them: by ping and by ssh. Needs folder.sh.
# shellcheck shell=bash

# NAME ADDRESS of every machine that is to run, from a status in JSON.
machines_of() { # STATUS
    jq -r '.instances[] | select(.power == "running") | "\(.name) \(.addresses[0] // "-")"' <<<"$1"
}

# root's shell on a machine, with the key that `up` has made.
machine_ssh() { # ADDRESS [COMMAND...]
    local address=$1
    shift
    in_netns ssh -n -i "$DIR/ssh/id_ed25519" -o IdentitiesOnly=yes -o BatchMode=yes \
        -o UserKnownHostsFile="$DIR/ssh/known_hosts" -o StrictHostKeyChecking=accept-new \
        -o ConnectTimeout=5 -o LogLevel=ERROR -F /dev/null "root@$address" "$@"
}

# One line: NAME ADDRESS ping ssh, where the last two are 'yes' or what failed.
try_machine() { # NAME ADDRESS SECONDS
    local ping=no ssh=no answer deadline=$((SECONDS + $3))
    if [[ $2 != - ]]; then
        in_netns ping -q -c 1 -i 0.2 -w "$3" "$2" >/dev/null 2>&1 && ping=yes
        while [[ $ping == yes && $ssh != yes ]] && ((SECONDS <= deadline)); do
            if answer=$(machine_ssh "$2" hostname 2>&1); then
                ssh=yes
            else
                sleep 0.2
            fi
        done
        if [[ $ssh == yes && $answer != "$1" ]]; then
            ssh="it says that it is '$answer'"
        elif [[ $ssh == no && $ping == yes ]]; then
            ssh="no: ${answer##*$'\n'}"
        fi
    fi
    printf '%-12s %-16s %-5s %s\n' "$1" "$2" "$ping" "$ssh"
}

# Tries all of them, eight at a time, and prints a table; fails when one does
# not answer or does not let root in.
try_machines() { # SECONDS, machines as NAME ADDRESS lines on standard input
    local name address running=0 lines
    lines=$(
        while read -r name address; do
            if ((running >= 8)); then
                wait -n || true
            else
                running=$((running + 1))
            fi
            try_machine "$name" "$address" "$1" &
        done
        wait
    )
    printf '%-12s %-16s %-5s %s\n' MACHINE ADDRESS PING SSH
    sort <<<"$lines"
    [[ -n $lines ]] && ! grep -qvE ' yes   yes$' <<<"$lines"
}
