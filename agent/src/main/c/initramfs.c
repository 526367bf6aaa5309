/*
 * The first process of a guest that is told more than its kernel can: a kernel of Debian's has IPv6
 * in a module, and no image has to carry modules for whichever kernel runs it, or to know of fjord.
 * Loads every module beside it, in the order of their names, mounts the root that the image is, and
 * enters it. There it does what words on the kernel's command line say (BootLine.java):
 *
 *   fjord.timezone=Europe/Berlin    /etc/localtime and /etc/timezone
 *   fjord.modules=f:tun,overlay     the disk ubdf on /lib/modules/VERSION, and these loaded from it
 *
 * Then it becomes the image's own init, with the words that the kernel gave. What goes wrong with
 * any of that is said and stops nothing.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MODULES "/modules"
#define RULES "/localtime"
#define LONGEST_RULES 65536
#define LONGEST_LINE 8192

static char command_line[LONGEST_LINE];
static char rules[LONGEST_RULES];
static ssize_t rules_length = -1;

static int is_module(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static void load_module(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0 || (syscall(SYS_finit_module, file, "", 0) != 0 && errno != EEXIST))
    fprintf(stderr, "fjord: module %s: %s\n", path, strerror(errno));
  if (file >= 0)
    close(file);
}

static void load_modules(void) {
  struct dirent **names;
  int count = scandir(MODULES, &names, is_module, alphasort);
  for (int i = 0; i < count; i++) {
    char path[512];
    snprintf(path, sizeof path, MODULES "/%s", names[i]->d_name);
    load_module(path);
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

/* The whole of a small file; its length, or -1. */
static ssize_t content(const char *path, char *buffer, size_t size) {
  ssize_t length = -1;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    length = read(file, buffer, size); /* Of /proc and of memory: all at once. */
    close(file);
  }
  return length;
}

/* What a word of the kernel's command line says; copied, or empty. */
static void word(const char *name, char *value, size_t size) {
  const char *found = command_line;
  size_t length = strlen(name);
  value[0] = 0;
  while ((found = strstr(found, name)) != NULL) {
    if (found == command_line || found[-1] == ' ') {
      snprintf(value, size, "%.*s", (int) strcspn(found + length, " \n"), found + length);
      return;
    }
    found += length;
  }
}

static int has(const char *path, const char *wanted, size_t length) {
  static char found[LONGEST_RULES + 1];
  return content(path, found, sizeof found) == (ssize_t) length &&
         memcmp(found, wanted, length) == 0;
}

/* Beside its place, and then moved there: whoever reads it finds the old one or the new one. */
static void put(const char *path, const char *target, const char *bytes, size_t length) {
  char beside[64];
  int done = 0;
  snprintf(beside, sizeof beside, "%s.fjord", path);
  unlink(beside);
  if (target != NULL) {
    done = symlink(target, beside) == 0;
  } else {
    int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file >= 0) {
      done = write(file, bytes, length) == (ssize_t) length;
      done = close(file) == 0 && done;
    }
  }
  if (!done || rename(beside, path) != 0)
    fprintf(stderr, "fjord: %s: %s\n", path, strerror(errno));
}

/* The image's own rules, which its updates keep right, or else the host's. */
static void set_time_zone(void) {
  char zone[128], target[192], now[256], line[160];
  struct stat found;
  word("fjord.timezone=", zone, sizeof zone);
  if (zone[0] == 0)
    return;
  mkdir("/etc", 0755);
  snprintf(target, sizeof target, "/usr/share/zoneinfo/%s", zone);
  if (stat(target, &found) == 0 && S_ISREG(found.st_mode)) {
    ssize_t length = readlink("/etc/localtime", now, sizeof now);
    if (length != (ssize_t) strlen(target) || memcmp(now, target, length) != 0)
      put("/etc/localtime", target, NULL, 0);
  } else if (rules_length > 0) {
    if (!has("/etc/localtime", rules, rules_length))
      put("/etc/localtime", NULL, rules, rules_length);
  } else {
    fprintf(stderr, "fjord: neither image nor host has rules for the time zone %s\n", zone);
    return;
  }
  snprintf(line, sizeof line, "%s\n", zone);
  if (!has("/etc/timezone", line, strlen(line)))
    put("/etc/timezone", NULL, line, strlen(line));
}

/* kernel/drivers/net/tun.ko is tun: '_' for each '-'. */
static int is_called(const char *path, size_t length, const char *name) {
  const char *slash = memrchr(path, '/', length);
  const char *file = slash == NULL ? path : slash + 1;
  size_t rest = path + length - file;
  if (rest != strlen(name) + 3 || memcmp(file + rest - 3, ".ko", 3) != 0)
    return 0;
  for (size_t i = 0; i + 3 < rest; i++)
    if ((file[i] == '-' ? '_' : file[i]) != name[i])
      return 0;
  return 1;
}

/* modules.dep(5): a module is loaded after all on its line, from the last one to the first. */
static void load_from(const char *folder, const char *name) {
  char path[512], *line = NULL;
  size_t size = 0;
  int found = 0;
  snprintf(path, sizeof path, "%s/modules.dep", folder);
  FILE *index = fopen(path, "re");
  while (index != NULL && !found && getline(&line, &size, index) > 0) {
    char *colon = strchr(line, ':');
    found = colon != NULL && is_called(line, colon - line, name);
    if (found) {
      *colon = ' ';
      for (char *end = line + strlen(line); end > line;) {
        while (end > line && isspace((unsigned char) end[-1]))
          end--;
        char *begin = end;
        while (begin > line && !isspace((unsigned char) begin[-1]))
          begin--;
        if (begin < end) {
          snprintf(path, sizeof path, "%s/%.*s", folder, (int) (end - begin), begin);
          load_module(path);
        }
        end = begin;
      }
    }
  }
  if (!found)
    fprintf(stderr, "fjord: there is no module %s\n", name);
  free(line);
  if (index != NULL)
    fclose(index);
}

/* The disk of all modules, where modprobe(8) and whatever a container asks for look for them. */
static void provide_modules(void) {
  char words[LONGEST_LINE], folder[160], device[16];
  struct utsname kernel;
  word("fjord.modules=", words, sizeof words);
  if (words[0] == 0 || words[1] != ':' || uname(&kernel) != 0)
    return;
  snprintf(device, sizeof device, "/dev/ubd%c", words[0]);
  snprintf(folder, sizeof folder, "/lib/modules/%s", kernel.release);
  mkdir("/lib", 0755);
  mkdir("/lib/modules", 0755);
  mkdir(folder, 0755);
  if (mount(device, folder, "ext4", MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0) {
    fprintf(stderr, "fjord: %s on %s: %s\n", device, folder, strerror(errno));
    return;
  }
  for (char *name = strtok(words + 2, ","); name != NULL; name = strtok(NULL, ","))
    load_from(folder, name);
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
  if (content("/proc/cmdline", command_line, sizeof command_line - 1) < 0)
    fprintf(stderr, "fjord: /proc/cmdline: %s\n", strerror(errno));
  rules_length = content(RULES, rules, sizeof rules);
  unlink(RULES);
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
  set_time_zone();
  provide_modules();
  for (size_t i = 0; i < sizeof inits / sizeof inits[0]; i++) {
    argv[0] = (char *) inits[i];
    execve(inits[i], argv, envp);
  }
  fprintf(stderr, "fjord: the image has no init\n");
  return 1;
}
