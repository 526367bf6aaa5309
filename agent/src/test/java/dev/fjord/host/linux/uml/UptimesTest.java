package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What kernels say of their mounts, in pieces. */
class UptimesTest {
  @Test
  void the_line_of_the_root_tells() {
    assertThat(root("/dev/root / ext4 rw,relatime 0 0\nproc /proc proc rw 0 0\n")).isTrue();
    assertThat(root("\n/dev/root / ext4 ro,relatime 0 0\n")).isFalse();
    assertThat(root("/dev/root / ext4 rw,relatime,emergency_ro 0 0\n")).isFalse();
    assertThat(root("/dev/root / ext4 rw,errors=remount-ro 0 0\n")).isTrue();
  }

  @Test
  void the_initramfs_is_not_the_root() {
    var both = "rootfs / rootfs rw 0 0\n/dev/ubda / ext4 ro,relatime 0 0\n";
    assertThat(root(both)).isFalse();
    assertThat(root("rootfs / rootfs ro 0 0\n")).isNull();
  }

  @Test
  void what_is_cut_or_made_up_tells_nothing() {
    assertThat(root("")).isNull();
    assertThat(root("/dev/root / ext4 ro")).isNull();
    assertThat(root("/dev/ubdb /srv ext4 ro 0 0\n")).isNull();
    assertThat(root("x\n / \n")).isNull();
  }

  private static Boolean root(String said) {
    return Uptimes.isRootWritable(said);
  }
}
