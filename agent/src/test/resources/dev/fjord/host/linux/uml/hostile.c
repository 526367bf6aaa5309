/*
 * What a partner would run who owns the process of a guest's kernel: it stands in a kernel's place,
 * tries one thing after another that a User-Mode Linux has no need of, and says of each whether the
 * host let it: "open NAME" or "shut NAME". The first few are what a kernel does need.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *name, int open) {
  printf("%s %s\n", open ? "open" : "shut", name);
  fflush(stdout);
}

static void call(const char *name, long result) {
  say(name, result >= 0);
}

static void binds(const char *name, int type) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(40999)};
  int fd = socket(AF_INET, type, 0);
  say(name, fd >= 0 && bind(fd, (struct sockaddr *) &at, sizeof at) == 0);
}

/* Whether a program of the host that listens on an abstract name is reached. */
static void reaches(const char *abstract) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  strncpy(to.sun_path + 1, abstract, sizeof to.sun_path - 2);
  say("abstract socket of the host",
      connect(fd, (struct sockaddr *) &to,
          offsetof(struct sockaddr_un, sun_path) + 1 + strlen(abstract)) == 0);
}

/* In a process of its own: a filter may end who asks. */
static void apart(const char *name, int (*attempt)(void)) {
  int status;
  pid_t child = fork();
  if (child == 0)
    _exit(attempt() ? 0 : 1);
  say(name, waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static int by_int80(void) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory"); /* getpid of 32 bits */
  return result > 0;
}

static int by_x32(void) {
  return syscall(0x40000000 + SYS_getpid) > 0;
}

static int own_users(void) {
  return unshare(CLONE_NEWUSER) == 0;
}

static int cloned_users(void) {
  long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (child == 0)
    _exit(0);
  return child > 0;
}

int main(int argc, char **argv) {
  char many[64] = {0};
  int pair[2], fd;
  for (int i = 0; i < argc; i++)
    if (strstr(argv[i], "umid=trial")) {
      puts("exitcode=0x00000000");
      return 0;
    } else if (strcmp(argv[i], "--version") == 0) {
      puts("6.1.0");
      return 0;
    }
  int outside = argc > 1 && strcmp(argv[1], "outside") == 0;
  if (!outside && !freopen("/dev/shm/results", "w", stdout))
    return 1;
  const char *abstract = "fjord-hostile-test";

  call("a pair of AF_UNIX", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
  call("a page of memory", (long) mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  call("asynchronous descriptor", ioctl(pair[0], FIOASYNC, &(int){1}));

  binds("every port of TCP", SOCK_STREAM);
  binds("every port of UDP", SOCK_DGRAM);
  reaches(abstract);
  call("AF_NETLINK", socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
  struct sockaddr_nl events = {.nl_family = AF_NETLINK, .nl_groups = 1};
  say("events of devices", fd >= 0 && bind(fd, (struct sockaddr *) &events, sizeof events) == 0);
  call("AF_INET6", socket(AF_INET6, SOCK_DGRAM, 0));
  call("memfd_create", syscall(SYS_memfd_create, "m", 0));
  call("io_uring_setup", syscall(425, 1, (char[256]){0}));
  call("add_key", syscall(SYS_add_key, "user", "k", "v", 1L, -2L));
  call("AF_VSOCK", socket(40, SOCK_STREAM, 0));
  call("bpf", syscall(321, 0 /* BPF_MAP_CREATE */, (char[128]){1, 0, 0, 0, 4}, 128));
  call("userfaultfd", syscall(323, 1 /* UFFD_USER_MODE_ONLY */));
  call("landlock", syscall(444, NULL, 0, 1 /* its version */));
  call("a character typed into its terminal", ioctl(0, TIOCSTI, "x"));
  call("inotify", syscall(SYS_inotify_init1, 0));
  call("eventfd", syscall(SYS_eventfd2, 0, 0));
  call("timerfd", syscall(SYS_timerfd_create, 0, 0));
  call("System V shared memory", syscall(SYS_shmget, 4711, 4096L, 01600));
  call("process_vm_readv",
      syscall(SYS_process_vm_readv, getpid(), &(struct iovec){many, 8}, 1L,
          &(struct iovec){many + 8, 8}, 1L, 0L));
  call("pidfd_open", syscall(434, getpid(), 0));
  call("membarrier", syscall(324, 0, 0, 0));
  call("setpriority", syscall(SYS_setpriority, 0, 0, 5));
  call("seccomp of its own", syscall(317, 2 /* SECCOMP_GET_ACTION_AVAIL */, 0, &(int){0x7fff0000}));
  apart("a user namespace", own_users);
  apart("a user namespace by clone", cloned_users);
  apart("calls of 32 bits", by_int80);
  apart("calls of x32", by_x32);
  /* It was never here: what it was started with is its own to write over. */
  for (int i = 0; i < argc; i++)
    memset(argv[i], 0, strlen(argv[i]));
  puts("end");
  fflush(stdout);
  while (!outside)
    pause();
  return 0;
}
