# The one folder that a quickstart lives in, and the network namespace that
# belongs to it. Needs common.sh.
# shellcheck shell=bash

# A folder is removed by `down` only if this file says that `up` made it. It
# holds NAME=VALUE lines that both need to know.
readonly MARKER=.fjord-quickstart

# UNIX socket paths end at 107 bytes (unix(7)). The longest that the agent
# makes is DIR/run/umid/NAME/uml/mconsole, with a name of 32 (model.Layout).
readonly LONGEST_DIR=$((107 - 4 - 6 - 32 - 13))

# Sets DIR (absolute) and NETNS, or says why this folder will not do.
choose_folder() { # DIR
    DIR=$(realpath -m -s -- "$1")
    [[ $DIR =~ ^[-_./+@a-zA-Z0-9]+$ ]] ||
        fail "the folder '$DIR' has characters in its path that will not do." \
            'User-Mode Linux splits the paths of disks at commas and colons; use' \
            'letters, digits and -_./+@ only, for instance --dir /var/tmp/fjord.'
    [[ ${#DIR} -le $LONGEST_DIR ]] ||
        fail "the path '$DIR' is ${#DIR} characters long, $LONGEST_DIR are possible." \
            'It becomes part of the paths of sockets, which the kernel keeps below 108' \
            'bytes. Choose a shorter one: --dir /var/tmp/fjord.'
    [[ $DIR != / ]] || fail 'not the root of the file system: choose a folder below it.'
    if [[ $DIR == /var/tmp/fjord-quickstart ]]; then
        NETNS=fjord-quickstart
    else
        NETNS=fjord-$(printf %s "$DIR" | sha256sum | cut -c 1-8)
    fi
}

folder_is_ours() {
    [[ -f $DIR/$MARKER ]]
}

# Nothing in it, but what mkfs.ext4 puts into the root of each file system.
folder_is_empty() {
    [[ -d $DIR ]] || return 1
    local inside
    inside=$(ls -A "$DIR")
    [[ -z $inside ]] && return 0
    [[ $inside == lost+found && -d $DIR/lost+found && -z $(ls -A "$DIR/lost+found") ]] &&
        mountpoint -q "$DIR"
}

# Makes the folder, or accepts one that an earlier `up` has made.
claim_folder() {
    if [[ -e $DIR ]] && ! folder_is_ours; then
        folder_is_empty ||
            fail "$DIR is there already and was not made by a quickstart." \
                'It is left as it is. Choose another folder with --dir.'
    fi
    mkdir -p "$DIR"
    # Kernels run as users of their own and pass through here to their disks.
    chmod 0755 "$DIR"
    touch "$DIR/$MARKER"
}

remember() { # NAME VALUE, once: what was remembered first stays
    recall "$1" >/dev/null || echo "$1=$2" >>"$DIR/$MARKER"
}

recall() { # NAME: prints the value, fails when there is none
    local value
    value=$(sed -n "s/^$1=//p" "$DIR/$MARKER" | tail -n 1)
    [[ -n $value ]] && echo "$value"
}

in_netns() {
    ip netns exec "$NETNS" "$@"
}

make_netns() {
    [[ -e /run/netns/$NETNS ]] || ip netns add "$NETNS"
    in_netns ip link set lo up
}

# fjord shows its machines a node of its own for this device: its mode does not matter.
need_tun() {
    [[ -c /dev/net/tun ]] || modprobe tun 2>/dev/null || true
    [[ -c /dev/net/tun ]] ||
        fail 'there is no /dev/net/tun, which every tap interface needs.' \
            "Load the driver ('modprobe tun'); in a container, pass the device into it."
}

# For kernels that open the device itself, as the bare loop's do.
open_tun() {
    local mode
    need_tun
    mode=$(stat -c %a /dev/net/tun)
    if (((8#$mode & 6) != 6)); then
        remember tun_mode "$mode"
        chmod 0666 /dev/net/tun
        say "/dev/net/tun: mode $mode -> 666, so that the machines' users can open it"
    fi
}

close_tun() {
    local mode
    if mode=$(recall tun_mode) && [[ -c /dev/net/tun ]]; then
        chmod "$mode" /dev/net/tun
    fi
}
