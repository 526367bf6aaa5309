#!/bin/sh
# Ends the build of the image, within the new system and as its root.
set -eu

# The image is shared: a key in it would be everybody's. Each machine makes its
# own at its first start.
rm -f /etc/ssh/ssh_host_*
cat >/etc/systemd/system/ssh-host-keys.service <<'UNIT'
[Unit]
Description=Host keys of this machine alone
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key
Before=ssh.service

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A

[Install]
WantedBy=multi-user.target
UNIT
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -sf ../ssh-host-keys.service /etc/systemd/system/multi-user.target.wants/

# Addresses, gateways and name servers come on the kernel's command line.
systemctl enable systemd-network-generator.service systemd-networkd.service \
    systemd-resolved.service

# Filled in by each machine for itself.
: >/etc/machine-id
rm -f /etc/hostname
ln -sf ../run/systemd/resolve/resolv.conf /etc/resolv.conf
