/*
 * Lets a kernel outlive its tap.
 *
 * A tap that root deletes leaves whoever holds it open with a descriptor that answers EBADFD for
 * good. User-Mode Linux believes that its interface is broken then, and sends nothing more until
 * its guest takes the interface down and up. This library, preloaded, remembers what the kernel
 * asked of the tun device. When a descriptor is dead it says "nothing to read now" and "no room
 * now" in its place, and opens the tap of the same name again, once there is one, as the same
 * descriptor with the same settings.
 *
 * It tries when the kernel sends, and whenever the kernel asks what has come in: a question on its
 * mconsole makes it ask. It does no more than the kernel itself could do, with its rights.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define TUN "/dev/net/tun"
#define TAPS 32
#define PAUSE_MILLIS 20 /* TUNSETIFF takes a lock that all of the host's interfaces share. */
#define KERNEL_SIGSET 8

/*
 * Static, and little on the stack: the caller may stand on a guest's kernel stack. One thread of
 * the kernel handles its interfaces, and it is not preempted in between.
 */
static struct tap {
	int used, dead, fd;
	struct ifreq request;
	int has_offload, has_header, watched, epoll;
	unsigned long offload;
	int header;
	struct epoll_event event;
	int64_t tried;
} taps[TAPS];

static struct tap *of(int fd)
{
	for (struct tap *tap = taps; tap < taps + TAPS; tap++)
		if (tap->used && tap->fd == fd)
			return tap;
	return NULL;
}

static int64_t millis(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* A descriptor of the tap; -1 while there is none of that name, or none for this user. */
static int open_again(struct tap *tap)
{
	struct ifreq request = tap->request;
	int fd = syscall(SYS_openat, AT_FDCWD, TUN, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (syscall(SYS_ioctl, fd, TUNSETIFF, &request) < 0) {
		syscall(SYS_close, fd);
		return -1;
	}
	if (tap->has_offload)
		syscall(SYS_ioctl, fd, TUNSETOFFLOAD, tap->offload);
	if (tap->has_header)
		syscall(SYS_ioctl, fd, TUNSETVNETHDRSZ, &tap->header);
	return fd;
}

/* Gives the new file the place of the dead one, with all that was set on that. */
static void replace(struct tap *tap, int fresh)
{
	long closing = syscall(SYS_fcntl, tap->fd, F_GETFD, 0);
	long flags = syscall(SYS_fcntl, tap->fd, F_GETFL, 0);
	long signal = syscall(SYS_fcntl, tap->fd, F_GETSIG, 0);
	long owner = syscall(SYS_fcntl, tap->fd, F_GETOWN, 0);

	if (syscall(SYS_dup3, fresh, tap->fd, closing & FD_CLOEXEC ? O_CLOEXEC : 0) >= 0) {
		syscall(SYS_fcntl, tap->fd, F_SETSIG, signal);
		syscall(SYS_fcntl, tap->fd, F_SETOWN, owner);
		syscall(SYS_fcntl, tap->fd, F_SETFL, flags);
		if (tap->watched)
			syscall(SYS_epoll_ctl, tap->epoll, EPOLL_CTL_ADD, tap->fd, &tap->event);
		tap->dead = 0;
		/* What has come in meanwhile is told by no signal of its own. */
		syscall(SYS_kill, getpid(), SIGIO);
	}
	syscall(SYS_close, fresh);
}

/* Whether a descriptor that was dead lives again. Leaves errno alone. */
static int revived(struct tap *tap)
{
	uint64_t all = ~0ULL, before;
	int error = errno, fresh;
	int64_t now = millis();

	tap->dead = 1;
	if (tap->tried && now - tap->tried < PAUSE_MILLIS)
		return 0;
	tap->tried = now;
	if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before, KERNEL_SIGSET) == 0) {
		fresh = open_again(tap);
		if (fresh >= 0)
			replace(tap, fresh);
		syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, KERNEL_SIGSET);
	}
	errno = error;
	return !tap->dead;
}

/*
 * What drivers/net/tun.c answers for a while: EIO to who sends while the tap is down, as a new one
 * is until it is in its bridge, EFAULT to who reads while it is being deleted. Any other error has
 * User-Mode Linux give its interface up. Once the tap is up, or deleted, the descriptor wakes.
 */
static int is_for_now(int error)
{
	return error == EBADFD || error == EIO || error == EFAULT;
}

static ssize_t transfer(long call, int fd, const struct iovec *parts, int count)
{
	ssize_t done = syscall(call, fd, parts, count);
	struct tap *tap = done < 0 && is_for_now(errno) ? of(fd) : NULL;

	if (!tap)
		return done;
	if (errno == EBADFD && revived(tap)) {
		done = syscall(call, fd, parts, count);
		if (done >= 0 || !is_for_now(errno))
			return done;
		tap->dead = errno == EBADFD;
	}
	errno = EAGAIN;
	return -1;
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
	return transfer(SYS_readv, fd, parts, count);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	return transfer(SYS_writev, fd, parts, count);
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
	for (struct tap *tap = taps; tap < taps + TAPS; tap++)
		if (tap->used && tap->dead)
			revived(tap);
	return syscall(SYS_epoll_wait, epoll, events, most, timeout);
}

int epoll_ctl(int epoll, int action, int fd, struct epoll_event *event)
{
	int result = syscall(SYS_epoll_ctl, epoll, action, fd, event);
	struct tap *tap = result == 0 ? of(fd) : NULL;

	if (tap) {
		tap->watched = action != EPOLL_CTL_DEL;
		tap->epoll = epoll;
		if (tap->watched)
			tap->event = *event;
	}
	return result;
}

static void learn(int fd, const struct ifreq *request)
{
	for (struct tap *tap = taps; tap < taps + TAPS; tap++) {
		if (tap->used)
			continue;
		memset(tap, 0, sizeof(*tap));
		tap->fd = fd;
		tap->request = *request;
		tap->used = 1;
		return;
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	struct ifreq asked;
	va_list arguments;
	struct tap *tap;
	void *argument;
	int result;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (request == TUNSETIFF)
		asked = *(struct ifreq *)argument;
	result = syscall(SYS_ioctl, fd, request, argument);
	if (result < 0)
		return result;
	if (request == TUNSETIFF && (asked.ifr_flags & IFF_TAP)) {
		learn(fd, &asked);
	} else if (request == TUNSETOFFLOAD && (tap = of(fd))) {
		tap->has_offload = 1;
		tap->offload = (unsigned long)argument;
	} else if (request == TUNSETVNETHDRSZ && (tap = of(fd))) {
		tap->has_header = 1;
		tap->header = *(int *)argument;
	}
	return result;
}

int close(int fd)
{
	struct tap *tap = of(fd);

	if (tap)
		tap->used = 0;
	return syscall(SYS_close, fd);
}
