# What has to be installed, and whether a kernel runs here. Needs common.sh.
# shellcheck shell=bash

# PACKAGE:COMMAND, installed when there is no such command.
readonly PACKAGES=(
    user-mode-linux:linux.uml
    uml-utilities:uml_mkcow
    screen:screen
    bubblewrap:bwrap
    e2fsprogs:mkfs.ext4
    iproute2:ip
    nftables:nft
    conntrack:conntrack
    ethtool:ethtool
    iputils-ping:ping
    busybox-static:busybox
    dropbear-bin:dropbear
    openssh-client:ssh
    git:git
    util-linux:setpriv
    perl-base:perl
    procps:ps
    mmdebstrap:mmdebstrap
    uidmap:newuidmap
    gpg:gpg
    gpg-agent:gpg-agent
    jq:jq
    dnsmasq-base:dnsmasq
    tcpdump:tcpdump
    gcc:gcc
)

require_debian() {
    local distribution
    # shellcheck disable=SC1091 # every system has one, or fails the test below
    distribution=$(. /etc/os-release 2>/dev/null && echo " $ID ${ID_LIKE-} ")
    if [[ $distribution != *' debian '* ]] || ! have apt-get; then
        fail 'this is no Debian or relative of it, as far as /etc/os-release tells.' \
            'fjord runs elsewhere, but this script installs its parts with apt only.' \
            "Packages by Debian's names: ${PACKAGES[*]%:*}"
    fi
    [[ $(uname -m) == x86_64 ]] ||
        fail "User-Mode Linux runs on x86-64; this machine is $(uname -m)."
}

# Installs every PACKAGE of PACKAGE:COMMAND whose command is missing.
install_missing() { # PACKAGE:COMMAND...
    local pair missing=()
    for pair in "$@"; do
        have "${pair#*:}" || missing+=("${pair%:*}")
    done
    # The one that has no command: what gcc needs to make a program for a kernel.
    [[ -e /usr/include/stdio.h || " $* " != *' gcc:gcc '* ]] || missing+=(libc6-dev)
    if [[ ${#missing[@]} -gt 0 ]]; then
        install_packages "${missing[@]}"
    fi
}

install_packages() { # PACKAGE...
    local log
    log=$(mktemp)
    say "packages: installing $*"
    # --no-remove: nothing of the machine's own makes room for ours.
    apt_install "$@" >"$log" 2>&1 || {
        apt-get -q update >>"$log" 2>&1 && apt_install "$@" >>"$log" 2>&1
    } || {
        tail -n 15 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install: $*" \
            'Above are its last lines. If they speak of the network, the package mirror in' \
            "/etc/apt is not reachable from here; 'apt-get update' shows the same fault."
    }
    rm -f "$log"
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends --no-remove install "$@"
}

# The path of the kernel to run: Debian's, or the one that the user gave.
choose_kernel() { # [FILE]
    KERNEL=$(readlink -f "${1:-$(type -P linux.uml)}") || true
    [[ -x $KERNEL ]] || fail "there is no kernel at '${1:-linux.uml}', or it cannot be executed."
}

# Boots the kernel for a second from this machine's own root, read-only, with
# /bin/true as init: its panic tells with which exit code that ended. /dev/shm
# is a fresh one, since containers often forbid execution there.
#
# 64 MiB, since with 32 the trial fails more often than not: the host's address
# space randomisation takes up to 19 MiB off the kernel for its page array.
try_kernel() { # OUTPUT
    local scratch
    scratch=$(mktemp -d)
    # shellcheck disable=SC2016 # expanded by the inner shell
    TMPDIR=/dev/shm timeout 60 unshare --mount --propagation private \
        sh -c 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm; exec "$@"' sh \
        "$KERNEL" mem=64M rootfstype=hostfs rootflags=/ ro init=/bin/true con=null \
        con0=null,fd:1 panic=-1 noreboot quiet umid=trial "uml_dir=$scratch/" \
        >"$1" 2>&1 </dev/null || true
    rm -rf "$scratch"
}

# User-Mode Linux before 6.13 cannot save the registers of a CPU with AMX. The
# agent has a remedy, a small library that it compiles on the spot. Sets
# NEEDS_LIBRARY to yes or no.
prepare_kernel() {
    local output
    # shellcheck disable=SC2034 # for those who source this
    NEEDS_LIBRARY=no
    output=$(mktemp)
    # The shell would tell about the abort that ends every such trial.
    try_kernel "$output" 2>/dev/null
    if grep -q 'exitcode=0x00000000' "$output"; then
        say "kernel: $KERNEL $("$KERNEL" --version) runs here"
    elif grep -q 'errno = 14' "$output"; then
        say "kernel: $KERNEL $("$KERNEL" --version) needs help on this CPU (AMX), which the agent compiles"
        # shellcheck disable=SC2034
        NEEDS_LIBRARY=yes
    else
        tail -n 15 "$output" >&2
        rm -f "$output"
        fail "the kernel $KERNEL does not run here; above is what it says." \
            'ptrace(2) is needed (containers: --cap-add=SYS_PTRACE or no seccomp profile),' \
            'and so is some free memory.'
    fi
    rm -f "$output"
}

# A JDK that can build the agent, where Maven's tool chain looks as well.
has_jdk() {
    local home version
    for home in "${JAVA_HOME-}" "$(readlink -f "$(type -P javac)" | sed 's,/bin/javac$,,')" \
        /usr/lib/jvm/*; do
        [[ -n $home && -x $home/bin/javac && -r $home/release ]] || continue
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
        if [[ ${version:-0} -ge 21 ]]; then
            return 0
        fi
    done
    return 1
}

# Installs a JDK where apt has one that is new enough; fails where it has not.
install_jdk() {
    local package
    # A fresh machine may have no package lists yet, and then apt knows nothing.
    apt-get -q update >/dev/null 2>&1 || true
    for package in openjdk-25-jdk-headless openjdk-21-jdk-headless; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            install_packages "$package"
            return 0
        fi
    done
    return 1
}

require_jdk() {
    has_jdk || install_jdk ||
        fail 'the agent is built with a JDK of version 21 or newer, and none was found.' \
            'Looked at JAVA_HOME, javac on the PATH and /usr/lib/jvm; apt has no such package' \
            '(Debian 12 has 17 only, Debian 13 has 21 and 25). Unpack any OpenJDK build into' \
            '/usr/lib/jvm, or set JAVA_HOME, and run this again. Or build the agent elsewhere' \
            'and name the unpacked distribution: --fjord DIR.'
}
