package dev.fjord.host.linux.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Words that lay wires in another network namespace: lines of ip(8) there, from standard input, and
 * then what the ends of each veth(4) leave to hardware, which there is none of.
 *
 * <p>In perl(1), one constant text, with no module: nsenter(1) and ethtool(8), twice, would have to
 * be loaded for each machine that starts, and their processor time is a guest's. A device's ioctl
 * is asked by number (linux/sockios.h, linux/ethtool.h); struct ifreq is that of 64 bits.
 */
final class Laying {
  private static final String PROGRAM =
      """
      my ($where, $inner, $outer) = @ARGV;
      sub enter {
        syscall(308, fileno $_[0], 0x40000000) == 0 or die "setns: $!\\n";
      }
      sub offload {
        my ($device, $command, $value) = @_;
        socket(my $any, 2, 2, 0) or die "socket: $!\\n"; # AF_INET, SOCK_DGRAM
        my $wanted = pack('LL', $command, $value);
        return ioctl($any, 0x8946, pack('a15 x P x16', $device, $wanted)); # SIOCETHTOOL
      }
      open(my $own, '<', '/proc/self/ns/net') or die "/proc/self/ns/net: $!\\n";
      open(my $there, '<', $where) or die "$where: $!\\n";
      enter($there);
      my $child = fork;
      defined $child or die "fork: $!\\n";
      unless ($child) {
        exec 'ip', '-batch', '-';
        syswrite STDERR, "ip: $!\\n";
        exit 127;
      }
      waitpid $child, 0;
      exit($? >> 8 || 1) if $?;
      for (split / /, $inner) {
        offload($_, 0x17, 0) or die "checksums of $_ are not completed: $!\\n"; # ETHTOOL_STXCSUM
      }
      enter($own);
      offload($_, 0x2c, 1) for split / /, $outer; # ETHTOOL_SGRO
      """;

  private Laying() {}

  /**
   * The words.
   *
   * @param pid of a process in the namespace
   * @param inner interfaces in there: checksums of what they send are written before it leaves them
   * @param outer interfaces where the words are run: segments that come in by them are gathered
   *     again, where the host's kernel can (Linux 5.13); elsewhere they come one by one
   */
  static List<String> words(long pid, List<String> inner, List<String> outer) {
    List<String> words = new ArrayList<>(List.of("perl", "-e", PROGRAM, "--"));
    words.add("/proc/" + pid + "/ns/net");
    words.add(String.join(" ", inner));
    words.add(String.join(" ", outer));
    return words;
  }
}
