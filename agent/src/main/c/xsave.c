/*
 * Gives ptrace(2) a buffer as large as this host's XSAVE area.
 *
 * User-Mode Linux before 6.13 reserves 2696 bytes for the floating point state of a guest's
 * process. Where the processor has more (AMX: about 11 KB), the host's kernel refuses such a short
 * PTRACE_SETREGSET with EFAULT, and the guest dies in its first process. This library, preloaded,
 * reads the whole area into a buffer of its own, copies the caller's bytes out of or over its
 * start, and for a set writes the whole back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

static long raw(long request, pid_t pid, void *address, void *data)
{
	return syscall(SYS_ptrace, request, pid, address, data);
}

static long xstate(long request, pid_t pid, struct iovec *caller)
{
	/*
	 * Not on the stack: the caller may stand on a guest's kernel stack, 16 KiB in the middle of
	 * the guest's memory. One is enough: only UML's main thread handles registers, and it is not
	 * preempted in between. 64-byte alignment is XSAVE's own.
	 */
	static char whole[65536] __attribute__((aligned(64)));
	struct iovec all = { whole, sizeof(whole) };
	size_t n;

	if (raw(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &all) < 0)
		return -1;
	n = caller->iov_len < all.iov_len ? caller->iov_len : all.iov_len;
	if (request == PTRACE_GETREGSET) {
		memcpy(caller->iov_base, whole, n);
		caller->iov_len = n;
		return 0;
	}
	memcpy(whole, caller->iov_base, n);
	return raw(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &all);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list arguments;
	pid_t pid;
	void *address, *data;
	long word, result;

	va_start(arguments, request);
	pid = va_arg(arguments, pid_t);
	address = va_arg(arguments, void *);
	data = va_arg(arguments, void *);
	va_end(arguments);

	if ((request == PTRACE_GETREGSET || request == PTRACE_SETREGSET) &&
	    (unsigned long)address == NT_X86_XSTATE)
		return xstate(request, pid, data);
	if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER) {
		/* The system call stores the word; the C function returns it (ptrace(2)). */
		result = raw(request, pid, address, &word);
		if (result < 0)
			return -1;
		errno = 0;
		return word;
	}
	return raw(request, pid, address, data);
}
