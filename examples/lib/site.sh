# The site: a bare repository that the agent follows and a clone to edit.
# Needs common.sh, folder.sh, packages.sh.
# shellcheck shell=bash

readonly SITE_NAME='quickstart'
# Disks of the numbered machines.
readonly SWAP_MIB=64 VOLUME_MIB=64

in_site() { # git arguments
    git -C "$DIR/site" "$@"
}

make_key() {
    if [[ ! -f $DIR/ssh/id_ed25519 ]]; then
        mkdir -m 0700 "$DIR/ssh"
        ssh-keygen -q -t ed25519 -N '' -C "$SITE_NAME@slart" -f "$DIR/ssh/id_ed25519"
    fi
}

make_image() {
    if [[ ! -f $DIR/images/tiny.img ]]; then
        mkdir -p "$DIR/images"
        "$EXAMPLES/images/tiny/build" "$DIR/images/tiny.img"
        say "image: built $DIR/images/tiny.img"
    fi
}

digest() { # FILE
    sha256sum "$1" | cut -d ' ' -f 1
}

# Points a Kernel or Image document at a file of this machine.
pin() { # DOCUMENT FILE
    sed -i -e "s,^  source: .*,  source: file:$2," \
        -e "s,^  sha256: .*,  sha256: $(digest "$2")," "$1"
}

# Our key in the place of the example's, so that one key opens everything.
use_our_key() { # DOCUMENT...
    sed -i "s,^\( *\)- ssh-ed25519 .*,\1- $(cat "$DIR/ssh/id_ed25519.pub")," "$@"
}

# What this machine really has, and of it the example's reserve, or a tenth.
measure_host() { # DOCUMENT
    local memory disk
    memory=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
    disk=$(df --output=avail -BM "$DIR" | tail -n 1 | tr -dc 0-9)
    sed -i -e "s,^  memory: .*,  memory: ${memory}MiB," \
        -e "s,^  disk: .*,  disk: ${disk}MiB," \
        -e "s,^    memory: 512MiB,    memory: $(tenth "$memory" 512)MiB," \
        -e "s,^    disk: 4GiB,    disk: $(tenth "$disk" 4096)MiB," "$1"
}

tenth() { # MIB MOST
    echo $(($1 / 10 < $2 ? $1 / 10 : $2))
}

# Whether the agent would do all of it: what it would refuse is told now, and
# not after minutes of waiting for it.
check_site() {
    local plan refused
    fjord validate "$DIR/site" >&2 || fail "the site in $DIR/site is not valid; above is why."
    plan=$(fjord plan --repository "$DIR/site" --format json) || [[ $? -eq 2 || $? -eq 4 ]] ||
        fail 'no plan could be made for this machine; above is why.'
    refused=$(jq -r '.refused[] | "\(.summary)\n  \(.hint)"' <<<"$plan")
    [[ -z $refused ]] ||
        fail 'this machine has no room for all that the quickstart makes:' "$refused" \
            "In $DIR $(df --output=avail -BM "$DIR" | tail -n 1 | tr -d ' ')iB are free. Choose another" \
            "--dir, or make it fewer or smaller machines: --instances, --memory."
}

# The part of the example that is true on this machine, in DIR/site.
copy_site() {
    cp -R "$EXAMPLES/slart/." "$DIR/site"
    pin "$DIR/site/kernels/uml.yaml" "$KERNEL"
    pin "$DIR/site/images/tiny.yaml" "$DIR/images/tiny.img"
    measure_host "$DIR/site/hosts/slart.yaml"
    use_our_key "$DIR"/site/partners/*.yaml "$DIR"/site/instances/*.yaml
}

init_site() {
    git init -q --bare -b main "$DIR/site.git"
    git init -q -b main "$DIR/site"
    in_site remote add origin "file://$DIR/site.git"
    in_site config user.name "$SITE_NAME"
    in_site config user.email "$SITE_NAME@slart.example"
    copy_site
}

commit_and_push() { # MESSAGE
    in_site add -A
    in_site commit -q -m "$1"
    in_site push -q -u origin main
}

site_revision() {
    git -C "$DIR/site.git" rev-parse refs/heads/main
}

# The smallest network of 198.18.0.0/15, or documentation's 192.0.2.0/27, with
# room for COUNT machines; sets SUBNET, GATEWAY and PREFIX.
choose_subnet() { # COUNT
    PREFIX=27
    # Network, broadcast, gateway, and the four addresses that lan.yaml reserves.
    while (((1 << (32 - PREFIX)) < $1 + 7)); do
        PREFIX=$((PREFIX - 1))
    done
    ((PREFIX >= 16)) || wrong_usage "$1 machines are more than a network here has addresses for"
    if ((PREFIX == 27)); then
        SUBNET=192.0.2.0 GATEWAY=192.0.2.1
    else
        SUBNET=198.18.0.0 GATEWAY=198.18.0.1
    fi
}

# Nobody's machines: the site without linda, bob, frank and dns.
remove_partners() {
    rm -rf "$DIR"/site/partners "$DIR"/site/instances
}

# COUNT partners p001, p002, … with a machine each. Their addresses are leased,
# or follow each other from the gateway's on when `fixed` is said.
write_numbered_partners() { # COUNT MEMORY_MIB [fixed]
    local number name network='switch: lan'
    mkdir "$DIR/site/partners"
    for ((number = 1; number <= $1; number++)); do
        name=$(printf 'p%03d' "$number")
        if [[ ${3-} == fixed ]]; then
            network="switch: lan, address: $(address "$number")"
        fi
        mkdir "$DIR/site/partners/$name"
        cat >"$DIR/site/partners/$name.yaml" <<YAML
apiVersion: fjord.dev/v1
kind: Partner
metadata: {name: $name}
spec:
  keys:
    - $(cat "$DIR/ssh/id_ed25519.pub")
  quota: {instances: 1, memory: ${2}MiB, disk: $((SWAP_MIB + VOLUME_MIB))MiB, addresses: 1}
YAML
        cat >"$DIR/site/partners/$name/$name.yaml" <<YAML
apiVersion: fjord.dev/v1
kind: Instance
metadata: {name: $name}
spec:
  memory: ${2}MiB
  swap: ${SWAP_MIB}MiB
  volumes:
    - {name: storage, size: ${VOLUME_MIB}MiB, filesystem: ext4}
  network:
    - {$network}
YAML
    done
}

# The address of machine NUMBER, the first behind the gateway and one more.
address() { # NUMBER
    local host=$(($1 + 2)) third=${SUBNET%.*}
    third=${third##*.}
    echo "${SUBNET%.*.*}.$((third + (host >> 8))).$((host & 255))"
}

write_numbered_switch() { # COUNT
    choose_subnet "$1"
    sed -i -e "s,^  subnet: .*,  subnet: $SUBNET/$PREFIX," \
        -e "s,^  gateway: .*,  gateway: $GATEWAY," "$DIR/site/switches/lan.yaml"
    if [[ $SUBNET != 192.0.2.0 ]]; then
        sed -i -e '/^  reserved:/,/^  uplink:/{/^  uplink:/!d}' "$DIR/site/switches/lan.yaml"
    fi
}
