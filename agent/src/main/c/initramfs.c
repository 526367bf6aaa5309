/*
 * The first process of a guest that needs modules: a kernel of Debian's has IPv6 in one, and no
 * image has to carry modules for whichever kernel runs it. Loads every module beside it, in the
 * order of their names, mounts the root that the image is, and becomes the image's own init, with
 * the words that the kernel gave. What goes wrong with a module is said and stops nothing.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULES "/modules"

static int is_module(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static void load_modules(void) {
  struct dirent **names;
  int count = scandir(MODULES, &names, is_module, alphasort);
  for (int i = 0; i < count; i++) {
    char path[512];
    snprintf(path, sizeof path, MODULES "/%s", names[i]->d_name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST))
      fprintf(stderr, "fjord: module %s: %s\n", names[i]->d_name, strerror(errno));
    if (file >= 0)
      close(file);
    unlink(path); /* It lies in memory. */
  }
}

/* As the kernel does it: with every file system that needs a device, until one fits. */
static int mount_root(void) {
  char line[128];
  int mounted = 0;
  FILE *known = fopen("/proc/filesystems", "re");
  while (known != NULL && !mounted && fgets(line, sizeof line, known) != NULL) {
    line[strcspn(line, "\n")] = 0;
    if (line[0] == '\t')
      mounted = mount("/dev/ubda", "/root", line + 1, 0, NULL) == 0;
  }
  if (known != NULL)
    fclose(known);
  return mounted;
}

int main(int argc, char **argv, char **envp) {
  static const char *const inits[] = {"/sbin/init", "/etc/init", "/bin/init", "/bin/sh"};
  (void) argc;
  mkdir("/dev", 0755);
  mkdir("/proc", 0755);
  mkdir("/root", 0755);
  if (mount("dev", "/dev", "devtmpfs", 0, NULL) != 0)
    fprintf(stderr, "fjord: /dev: %s\n", strerror(errno));
  if (mount("proc", "/proc", "proc", 0, NULL) != 0)
    fprintf(stderr, "fjord: /proc: %s\n", strerror(errno));
  load_modules();
  if (!mount_root()) {
    /* The kernel's own words (init/do_mounts.c): whoever waits for the guest knows them. */
    fprintf(stderr, "fjord: Unable to mount root fs on unknown-block(98,0)\n");
    return 1;
  }
  umount2("/proc", MNT_DETACH);
  if (mount("/dev", "/root/dev", NULL, MS_MOVE, NULL) != 0)
    fprintf(stderr, "fjord: /dev stays behind: %s\n", strerror(errno));
  unlink("/init");
  if (chdir("/root") != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 ||
      chdir("/") != 0) {
    fprintf(stderr, "fjord: the root cannot be entered: %s\n", strerror(errno));
    return 1;
  }
  for (size_t i = 0; i < sizeof inits / sizeof inits[0]; i++) {
    argv[0] = (char *) inits[i];
    execve(inits[i], argv, envp);
  }
  fprintf(stderr, "fjord: the image has no init\n");
  return 1;
}
