package dev.fjord.host.linux.uml;

import dev.fjord.file.DurableFile;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a confined program may ask of the host's kernel, as a program for seccomp(2). Root in a
 * guest owns its kernel's process, so this holds against any code. Every call that is not listed is
 * answered with ENOSYS, as by a kernel that does not have it, so that a C library falls back on
 * what is listed.
 *
 * <p>Of some calls an argument is looked at, too: a socket only of the families listed, no
 * namespace of its own, and of ioctl(2) what a tap, a terminal and an asynchronous descriptor need.
 * {@code SIOCSIFHWADDR}, which needs no right on a tap that is held open, is not among them.
 *
 * <p>What a guest's own processes call is not asked here: UML takes their calls over before a
 * filter sees them (PTRACE_SYSEMU, kernel/entry/common.c). The calls were gathered with
 * SECCOMP_RET_LOG and 6.1.176; setpriv(1), which runs under the filter first, needs those that
 * change users and capabilities, and they give nothing to a process without capabilities.
 */
public enum SyscallFilter {
  /** A User-Mode Linux: no socket but of AF_UNIX. */
  KERNEL("AF_UNIX=1", "", ""),

  /**
   * screen(1), which reads what a guest writes to its console, and programs that speak to it:
   * sockets of AF_UNIX, and terminals of its own. It traces no process, and cannot put input into
   * other terminals (TIOCSTI).
   */
  TERMINAL("AF_UNIX=1", Listed.SERVING + Listed.OWNING, Listed.TERMINALS, "ptrace=101"),

  /** uml_switch(1): a kernel's, and a socket that others connect to. */
  SWITCH("AF_UNIX=1", Listed.SERVING, ""),

  /** dnsmasq(8): sockets of IPv4, IPv6 and netlink as well, and what interfaces there are. */
  NAMES(
      "AF_UNIX=1 AF_INET=2 AF_INET6=10 AF_NETLINK=16",
      Listed.SERVING + Listed.WATCHING,
      Listed.INTERFACES),

  /**
   * What builds an image: dpkg, maintainer scripts and mounts in a user namespace of their own need
   * most calls, and which ones is not known beforehand. So here those are listed that are refused:
   * what no package's installation has a use for, and what faults of the kernel were found in again
   * and again. Sockets are of the families that fetching takes, and input cannot be put into other
   * terminals.
   */
  BUILD(Listed.NOT_FOR_BUILDS);

  private static final int ARCH_X86_64 = 0xc000003e; // AUDIT_ARCH_X86_64
  private static final int X32 = 0x40000000;

  // Offsets in struct seccomp_data.
  private static final int NUMBER = 0;
  private static final int ARCH = 4;
  private static final int FIRST = 16;
  private static final int SECOND = 24;

  private static final int ALLOW = 0x7fff0000;
  private static final int KILL = 0x80000000;
  private static final int ERRNO = 0x00050000;
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final int EAFNOSUPPORT = 97;

  // linux/bpf_common.h
  private static final short LOAD = 0x20;
  private static final short EQUAL = 0x15;
  private static final short AT_LEAST = 0x35;
  private static final short ANY_BIT = 0x45;
  private static final short RETURN = 0x06;

  private static final int TIOCSTI = 0x5412;
  private static final int TIOCLINUX = 0x541c;

  private static final int SOCKET = 41;
  private static final int SOCKETPAIR = 53;
  private static final int IOCTL = 16;
  private static final int CLONE = 56;

  /** CLONE_NEW* of linux/sched.h. */
  private static final int NAMESPACES = 0x7e020000;

  /** Two digits for a byte: an array would not be constant. */
  private final String program;

  SyscallFilter(String families, String more, String ioctls) {
    this(families, more, ioctls, "");
  }

  /**
   * @param not a call that all the others need
   */
  SyscallFilter(String families, String more, String ioctls, String not) {
    String calls = Listed.CALLS.replace(not, "");
    this.program = HexFormat.of().formatHex(program(families, calls + more, ioctls));
  }

  /**
   * @param refused all others are allowed
   */
  SyscallFilter(String refused) {
    this.program = HexFormat.of().formatHex(refusing(refused));
  }

  /**
   * The file that holds the program, made when it is missing.
   *
   * @throws dev.fjord.problem.ProblemException when it cannot be written
   */
  public synchronized Path file(Layout layout) {
    String version = Digest.ofText(program).brief();
    Path file = layout.libraries().resolve("calls-" + version + ".bpf");
    if (!Files.exists(file)) {
      DurableFile.write(file, program());
    }
    return file;
  }

  /** The program, as bubblewrap's {@code --seccomp} takes it: an array of struct sock_filter. */
  byte[] program() {
    return HexFormat.of().parseHex(program);
  }

  private static byte[] refusing(String calls) {
    Assembly program = begun();
    program.when(
        IOCTL,
        () -> {
          program.add(LOAD, 0, 0, SECOND);
          program.add(EQUAL, 1, 0, TIOCSTI);
          program.add(EQUAL, 0, 1, TIOCLINUX);
          program.add(RETURN, 0, 0, ERRNO | EPERM);
          program.add(RETURN, 0, 0, ALLOW);
        });
    String families = "AF_UNIX=1 AF_INET=2 AF_INET6=10 AF_NETLINK=16";
    program.when(SOCKET, () -> program.ifAny(FIRST, numbers(families), EAFNOSUPPORT));
    program.anyOf(numbers(calls), ERRNO | ENOSYS);
    program.add(RETURN, 0, 0, ALLOW);
    return program.bytes();
  }

  /** With the number of a call of this architecture loaded. */
  private static Assembly begun() {
    Assembly program = new Assembly();
    program.add(LOAD, 0, 0, ARCH);
    program.add(EQUAL, 1, 0, ARCH_X86_64);
    program.add(RETURN, 0, 0, KILL);
    program.add(LOAD, 0, 0, NUMBER);
    program.add(AT_LEAST, 0, 1, X32);
    program.add(RETURN, 0, 0, ERRNO | ENOSYS);
    return program;
  }

  private static byte[] program(String families, String calls, String ioctls) {
    Assembly program = begun();
    program.when(IOCTL, () -> program.ifAny(SECOND, numbers(Listed.IOCTLS + ioctls), EPERM));
    program.when(SOCKET, () -> program.ifAny(FIRST, numbers(families), EAFNOSUPPORT));
    program.when(SOCKETPAIR, () -> program.ifAny(FIRST, numbers(families), EAFNOSUPPORT));
    program.when(
        CLONE,
        () -> {
          program.add(LOAD, 0, 0, FIRST);
          program.add(ANY_BIT, 0, 1, NAMESPACES);
          program.add(RETURN, 0, 0, ERRNO | EPERM);
          program.add(RETURN, 0, 0, ALLOW);
        });
    program.anyOf(numbers(calls), ALLOW);
    program.add(RETURN, 0, 0, ERRNO | ENOSYS);
    return program.bytes();
  }

  /** Of words {@code name=number}. */
  private static int[] numbers(String listed) {
    return Stream.of(listed.strip().split("\\s+"))
        .mapToInt(word -> Long.decode(word.substring(word.indexOf('=') + 1)).intValue())
        .toArray();
  }

  /** What is allowed, with the numbers of x86-64. */
  private static final class Listed {
    /** In the order of arch/x86/entry/syscalls/syscall_64.tbl. */
    static final String CALLS =
        """
        read=0 write=1 open=2 close=3 stat=4 fstat=5 lstat=6 poll=7 lseek=8 mmap=9 mprotect=10
        munmap=11 brk=12 rt_sigaction=13 rt_sigprocmask=14 rt_sigreturn=15 pread64=17 pwrite64=18
        readv=19 writev=20 access=21 pipe=22 select=23 sched_yield=24 mremap=25 msync=26
        madvise=28 dup=32 dup2=33 pause=34 nanosleep=35 getitimer=36 alarm=37 setitimer=38
        getpid=39 connect=42 sendto=44 recvfrom=45 sendmsg=46 recvmsg=47 bind=49 getsockname=51
        fork=57 vfork=58 execve=59 exit=60 wait4=61 kill=62 uname=63 fcntl=72 fsync=74
        fdatasync=75 ftruncate=77 getcwd=79 chdir=80 mkdir=83 rmdir=84 unlink=87 readlink=89
        umask=95 gettimeofday=96 getrlimit=97 sysinfo=99 ptrace=101 getuid=102 getgid=104
        setuid=105 setgid=106 geteuid=107 getegid=108 setpgid=109 getppid=110 getpgrp=111
        setsid=112 setreuid=113 setregid=114 getgroups=115 setgroups=116 setresuid=117
        getresuid=118 setresgid=119 getresgid=120 getpgid=121 capget=125 capset=126
        rt_sigpending=127 rt_sigsuspend=130 sigaltstack=131 personality=135 statfs=137 fstatfs=138
        modify_ldt=154 prctl=157 arch_prctl=158 setrlimit=160 gettid=186 tkill=200 time=201
        futex=202 sched_getaffinity=204 epoll_create=213 getdents64=217 set_tid_address=218
        restart_syscall=219 fadvise64=221 timer_create=222 timer_settime=223 timer_gettime=224
        timer_getoverrun=225 timer_delete=226 clock_settime=227 clock_gettime=228 clock_getres=229
        clock_nanosleep=230 exit_group=231 epoll_wait=232 epoll_ctl=233 tgkill=234 openat=257
        newfstatat=262 unlinkat=263 readlinkat=267 faccessat=269 pselect6=270 ppoll=271
        set_robust_list=273 epoll_pwait=281 fallocate=285 epoll_create1=291 dup3=292 pipe2=293
        prlimit64=302 getrandom=318 statx=332 rseq=334 faccessat2=439
        """;

    static final String SERVING =
        """
        accept=43 shutdown=48 listen=50 getpeername=52 setsockopt=54 getsockopt=55 accept4=288
        """;

    static final String OWNING =
        """
        chmod=90 fchmod=91 chown=92 fchown=93 utime=132 utimes=235
        """;

    static final String WATCHING =
        """
        inotify_init=253 inotify_add_watch=254 inotify_rm_watch=255 inotify_init1=294 recvmmsg=299
        sendmmsg=307
        """;

    /** Of terminals, descriptors and taps (asm-generic/ioctls.h, linux/if_tun.h). */
    static final String IOCTLS =
        """
        TCGETS=0x5401 TCSETS=0x5402 TCSETSW=0x5403 TCSETSF=0x5404 TIOCGWINSZ=0x5413
        FIONREAD=0x541b FIONBIO=0x5421 FIOASYNC=0x5452 TCGETS2=0x802c542a TCSETS2=0x402c542b
        TCSETSW2=0x402c542c TUNSETIFF=0x400454ca TUNGETFEATURES=0x800454cf TUN_207=0x400454cf
        TUNSETOFFLOAD=0x400454d0 TUNSETVNETHDRSZ=0x400454d8
        """;

    /** Of pseudo-terminals (asm-generic/ioctls.h). */
    static final String TERMINALS =
        """
        TCSBRK=0x5409 TCXONC=0x540a TCFLSH=0x540b TIOCSCTTY=0x540e TIOCGPGRP=0x540f
        TIOCSPGRP=0x5410 TIOCOUTQ=0x5411 TIOCSWINSZ=0x5414 TIOCPKT=0x5420 TIOCNOTTY=0x5422
        TCSBRKP=0x5425 TIOCGSID=0x5429 TIOCGPTN=0x80045430 TIOCSPTLCK=0x40045431
        """;

    /** Read, never written (linux/sockios.h). */
    static final String INTERFACES =
        """
        SIOCGIFNAME=0x8910 SIOCGIFCONF=0x8912 SIOCGIFFLAGS=0x8913 SIOCGIFADDR=0x8915
        SIOCGIFMTU=0x8921 SIOCGIFHWADDR=0x8927 SIOCGIFINDEX=0x8933
        """;

    /** In the order of arch/x86/entry/syscalls/syscall_64.tbl. */
    static final String NOT_FOR_BUILDS =
        """
        ptrace=101 syslog=103 uselib=134 ustat=136 sysfs=139 vhangup=153 modify_ldt=154
        _sysctl=156 adjtimex=159 acct=163 settimeofday=164 swapon=167 swapoff=168 reboot=169
        iopl=172 ioperm=173 create_module=174 init_module=175 delete_module=176
        get_kernel_syms=177 query_module=178 quotactl=179 nfsservctl=180 lookup_dcookie=212
        clock_settime=227 mbind=237 set_mempolicy=238 get_mempolicy=239 kexec_load=246
        add_key=248 request_key=249 keyctl=250 migrate_pages=256 vmsplice=278 move_pages=279
        perf_event_open=298 fanotify_init=300 name_to_handle_at=303 open_by_handle_at=304
        clock_adjtime=305 setns=308 process_vm_readv=310 process_vm_writev=311 kcmp=312
        finit_module=313 kexec_file_load=320 bpf=321 userfaultfd=323 io_uring_setup=425
        io_uring_enter=426 io_uring_register=427 pidfd_getfd=438 process_madvise=440
        quotactl_fd=443 memfd_secret=447
        """;

    private Listed() {}
  }

  /** Instructions in their order; every jump is forward, and over at most 255 of them. */
  private static final class Assembly {
    private record Instruction(short code, int ifTrue, int ifFalse, int operand) {}

    private final List<Instruction> instructions = new ArrayList<>();

    void add(short code, int ifTrue, int ifFalse, int operand) {
      instructions.add(new Instruction(code, ifTrue, ifFalse, operand));
    }

    /** What decides about one call, and ends in an answer; behind it the number is still loaded. */
    void when(int call, Runnable decision) {
      int jump = instructions.size();
      add(EQUAL, 0, 0, call);
      decision.run();
      int over = instructions.size() - jump - 1;
      instructions.set(jump, new Instruction(EQUAL, 0, over, call));
    }

    /** Allows a call of which the low half of an argument is one of these. */
    void ifAny(int argument, int[] values, int errno) {
      add(LOAD, 0, 0, argument);
      anyOf(values, ALLOW);
      add(RETURN, 0, 0, ERRNO | errno);
    }

    /** Answers when what is loaded is one of these; goes on behind otherwise. */
    void anyOf(int[] values, int answer) {
      int last = values.length - 1;
      for (int i = 0; i < last; i++) {
        add(EQUAL, last - i, 0, values[i]);
      }
      add(EQUAL, 0, 1, values[last]); // Over the answer for those.
      add(RETURN, 0, 0, answer);
    }

    byte[] bytes() {
      ByteBuffer bytes =
          ByteBuffer.allocate(instructions.size() * Long.BYTES).order(ByteOrder.nativeOrder());
      for (Instruction one : instructions) {
        bytes.putShort(one.code).put((byte) one.ifTrue).put((byte) one.ifFalse).putInt(one.operand);
      }
      return bytes.array();
    }
  }
}
