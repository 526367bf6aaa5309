# The agent: found, built, started, asked and ended. Needs common.sh,
# folder.sh and packages.sh.
# shellcheck shell=bash

# Sets FJORD, the program, from an unpacked distribution or from this clone.
find_agent() { # [DISTRIBUTION]
    local home=${1:-${FJORD_HOME:-}}
    if [[ -n $home ]]; then
        FJORD=$(realpath -m "$home")/bin/fjord
        [[ -x $FJORD ]] ||
            fail "there is no bin/fjord in '$home'." \
                'Name the folder that an unpacked distribution of fjord has.'
    else
        FJORD=$CLONE/agent/target/fjord/bin/fjord
        [[ -x $FJORD ]] || build_agent
    fi
    try_agent
}

# It finds its own Java, and says where it has looked when there is none.
try_agent() {
    local output
    output=$("$FJORD" --version 2>&1) && return
    if [[ $output == *'needs Java'* ]] && install_jdk && "$FJORD" --version >/dev/null 2>&1; then
        return
    fi
    printf '%s\n' "$output" >&2
    fail "$FJORD does not run; above is what it says."
}

build_agent() {
    local log
    require_jdk
    install_missing maven:mvn
    say 'agent: building it (mvn -DskipTests package), a minute or so'
    log=$(mktemp)
    (cd "$CLONE" && mvn -q -B -DskipTests package) >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        fail 'the agent could not be built; above are the last lines of Maven.' \
            "All of them: $log. Without a network, give an unpacked distribution:" \
            '--fjord DIR, or FJORD_HOME.'
    }
    rm -f "$log"
    [[ -x $FJORD ]] || fail "Maven is content, but there is no $FJORD."
}

write_agent_settings() {
    cat >"$DIR/agent.yaml" <<YAML
# The agent's own settings; on a real host this is /etc/fjord/agent.yaml.
repository: file://$DIR/site.git
branch: main
host: slart
stateDirectory: $DIR/state
runDirectory: $DIR/run
poll: 5s
YAML
}

# A command of fjord with this folder's settings, inside its namespace.
fjord() { # COMMAND [ARGUMENT...]
    local command=$1
    shift
    in_netns "$FJORD" "$command" --config "$DIR/agent.yaml" "$@"
}

# Prints the agent's pid. A pid file outlives its process, and another one may
# have the number by now: ours carries our settings and is in our namespace.
agent_pid() {
    local pid
    pid=$(cat "$DIR/agent.pid" 2>/dev/null) && [[ $pid =~ ^[0-9]+$ ]] &&
        grep -qazxF "$DIR/agent.yaml" "/proc/$pid/cmdline" 2>/dev/null &&
        [[ $(ip netns identify "$pid" 2>/dev/null) == "$NETNS" ]] &&
        echo "$pid"
}

start_agent() {
    AGENT_SINCE=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    touch "$DIR/agent.log"
    LOG_LINES=$(wc -l <"$DIR/agent.log")
    # The inner shell becomes the agent, so its pid is the agent's.
    # shellcheck disable=SC2016 # expanded by the inner shell
    setsid ip netns exec "$NETNS" sh -c 'echo $$ >"$1/agent.pid"
        exec "$2" agent --config "$1/agent.yaml"' sh "$DIR" "$FJORD" \
        >>"$DIR/agent.log" 2>&1 </dev/null &
    disown
    sleep 0.5
}

# Ends the agent; the machines go on.
stop_agent() {
    local pid tenths
    pid=$(agent_pid) || return 0
    kill -TERM "$pid"
    for ((tenths = 0; tenths < 200; tenths++)); do
        agent_pid >/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid"
}

agent_died() { # WHAT WAS AWAITED
    tail -n 25 "$DIR/agent.log" >&2
    fail "the agent has ended while $1 was awaited." \
        "Above is the end of its log, $DIR/agent.log."
}

# The status as JSON; null when there is none yet.
agent_status() {
    local status
    status=$(fjord status --format json 2>/dev/null) || true
    echo "${status:-null}"
}

# What the agent's log has said since the last call: each change when it is done
# or has failed, and every warning. Succeeds when the agent said that it has
# converged, which is the moment to ask for the status.
tell_progress() {
    local line lines converged=1
    mapfile -t -s "$LOG_LINES" lines <"$DIR/agent.log"
    LOG_LINES=$((LOG_LINES + ${#lines[@]}))
    for line in "${lines[@]}"; do
        if [[ $line =~ (INFO|WARN|ERROR)\ +(.*) ]]; then
            line=${BASH_REMATCH[2]}
            if [[ $line == converged* ]]; then
                converged=0
            elif [[ ${BASH_REMATCH[1]} != INFO || $line =~ \.\.\.\ [a-zA-Z] || $line == Plan* ]]; then
                # Without the seconds of the run: ours are in front already.
                [[ $line =~ ^[0-9.]+\ s\ (\[.*) ]] && line=${BASH_REMATCH[1]}
                say "agent: $line"
            fi
        fi
    done
    return "$converged"
}
LOG_LINES=0
AGENT_SINCE='' # An agent that runs keeps its status true.

# Waits until the agent reports that the host is what REVISION says, telling
# what it does meanwhile. A status from before counts for nothing: after a crash
# of the machine it says what was.
wait_converged() { # REVISION SECONDS
    local ask_at=$SECONDS deadline=$((SECONDS + $2)) since=$AGENT_SINCE
    while :; do
        # Each question costs a JVM: now, when the log says so, and every 5 s.
        if ! tell_progress && ((SECONDS < ask_at)); then
            sleep 0.3
            continue
        fi
        ask_at=$((SECONDS + 5))
        if jq -e --arg revision "$1" --arg since "$since" \
            '.converged and .revision == $revision and .at >= $since' \
            <<<"$(agent_status)" >/dev/null 2>&1; then
            tell_progress || true
            return 0
        fi
        agent_pid >/dev/null || agent_died "revision ${1:0:12}"
        if ((SECONDS > deadline)); then
            fjord status >&2 || true
            tail -n 25 "$DIR/agent.log" >&2
            fail "the host is not what revision ${1:0:12} says after $2 s." \
                'Above are the status and the end of the log of the agent. It goes on trying:' \
                ". $DIR/env; fjord status"
        fi
    done
}
