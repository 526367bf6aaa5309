# The end of a quickstart. Needs common.sh and folder.sh.
# shellcheck shell=bash

# The processes of our namespace whose arguments name the agent's folders, as daemons do, and, in
# namespaces of their own, kernels (uml_dir=DIR/run/umid/…), what they run under (bwrap), and their
# consoles (screen -c DIR/run/screenrc).
# A shell or an editor that a user has opened in there is none of them.
our_processes() {
    local pid file
    {
        if [[ -e /run/netns/$NETNS ]]; then
            ip netns pids "$NETNS" | while read -r pid; do
                if grep -qaF -e "$DIR/run/" -e "$DIR/state/" "/proc/$pid/cmdline" 2>/dev/null; then
                    echo "$pid"
                fi
            done
        fi
        # Told by a file, or grep's own arguments would be found. What ends meanwhile is none.
        grep -laF -f <(printf '%s\n' "$DIR/run/umid/" "$DIR/run/screenrc") /proc/[0-9]*/cmdline 2>/dev/null |
            while read -r file; do
                pid=${file#/proc/}
                echo "${pid%/cmdline}"
            done
    } | sort -un || true
}

signal_all() { # SIGNAL PID...
    local signal=$1 pid
    shift
    for pid in "$@"; do
        kill "-$signal" "$pid" 2>/dev/null || true
    done
}

# Their disks go with the folder, so nobody is asked to shut down first.
stop_machines() {
    local signal tenths pids=()
    for signal in TERM KILL; do
        mapfile -t pids < <(our_processes)
        signal_all "$signal" "${pids[@]}"
        for ((tenths = 0; tenths < 100; tenths++)); do
            [[ -n $(our_processes) ]] || return 0
            sleep 0.1
        done
    done
    fail "these processes do not end: $(our_processes | tr '\n' ' ')" \
        "'ps -fp PID' shows them. Nothing was removed."
}

remove_netns() {
    local pids
    [[ -e /run/netns/$NETNS ]] || return 0
    pids=$(ip netns pids "$NETNS" | tr '\n' ' ')
    if [[ -n $pids ]]; then
        say "still in the namespace, and left alone: ${pids% }"
    fi
    ip netns del "$NETNS"
}

# Removes folders of the agent's.
remove_state() { # FOLDER...
    local folder
    for folder in "$@"; do
        # Pristine images and kernels are immutable where the file system can.
        if [[ -d $folder ]]; then
            find "$folder" -xdev \( -type f -o -type d \) -exec chattr -i {} + 2>/dev/null || true
        fi
        rm -rf --one-file-system "$folder"
    done
}

remove_folder() {
    remove_state "$DIR/state"
    if mountpoint -q "$DIR"; then
        # Somebody mounted it, and it stays: what is in it goes, but for what mkfs.ext4 made.
        find "$DIR" -mindepth 1 -maxdepth 1 ! -name lost+found \
            -exec rm -rf --one-file-system {} +
    else
        rm -rf --one-file-system "$DIR"
    fi
}
