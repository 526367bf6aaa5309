/*
 * What a rehearsal starts in place of a kernel. It says what a trial listens for, lives for as long
 * as it takes to be noticed, and ends.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("6.1.0");
		return 0;
	}
	puts("exitcode=0x00000000");
	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "ubd0", 4) == 0) {
			sleep(1);
			return 1;
		}
	}
	return 0;
}
