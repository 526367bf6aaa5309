/*
 * The only process of a throw-away kernel: it does one job on disks that a partner could write, and
 * powers off. The host never mounts those disks; here is the kernel that does, as hostile to the
 * host as any guest's and confined like one.
 *
 *   job=grow             /dev/ubdb   a file system that is to fill its disk
 *   job=rebase           /dev/ubdb   the old pristine image
 *                        /dev/ubdc   a copy of the instance's root, on the old one
 *                        /dev/ubdd   a fresh root on the new pristine image, which is written
 *   job=compare          as rebase, and nothing is written to the third
 *
 * What it has to tell are lines that begin with "fjord: " on its standard output. Names are told
 * with every byte but letters, digits and ./_- as %XX, so that a line is a line.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

/* fs/ext4/ext4.h; the argument is the new number of blocks. */
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, unsigned long long)

/* arch/um/drivers/ubd_kern.c: UBD_MAJOR; a disk has 16 minor numbers. */
#define UBD_MAJOR 98
#define MINORS 16

/* Whatever lies deeper is a loop, or made to hurt: three descriptors and a stack frame a level. */
#define DEEPEST 512
#define LISTED 200
#define BUFFER (1 << 17)
#define XATTR_NAMES 65536
#define PLACE "/dev/shm"
#define UNFINISHED ".fjord-unfinished"

/* chattr(1): what a copy takes over: append only, immutable, no dump, no atime, synchronous. */
#define CARRIED (FS_APPEND_FL | FS_IMMUTABLE_FL | FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL)

static char path[1 << 18]; /* where the walk is, for messages */
static size_t path_length;
static int writing;  /* a rebase, not a comparison */
static int new_root; /* of the disk that is written */
static char one[BUFFER], other[BUFFER];

static struct tally { unsigned long long files, bytes; } kept, taken, gone, conflicts;

static void tell_path(void) {
  for (const char *c = path; *c && c < path + 4096; c++) {
    if (strchr("./_-", *c) || (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
        (*c >= 'A' && *c <= 'Z'))
      putchar(*c);
    else
      printf("%%%02X", (unsigned char)*c);
  }
}

static _Noreturn void power_off(void) {
  fflush(stdout);
  sync();
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

static _Noreturn void fail(const char *what) {
  int error = errno;
  printf("\nfjord: failed %s errno %d ", what, error);
  tell_path();
  putchar('\n');
  power_off();
}

static void must(int result, const char *what) {
  if (result < 0) fail(what);
}

/* ---- walking ---- */

static size_t enter(const char *name) {
  size_t before = path_length, length = strlen(name);
  if (path_length + length + 2 > sizeof path) {
    errno = ENAMETOOLONG;
    fail("descend");
  }
  path[path_length++] = '/';
  memcpy(path + path_length, name, length + 1);
  path_length += length;
  return before;
}

static void leave(size_t before) {
  path_length = before;
  path[before] = 0;
}

static int look(int dir, const char *name, struct stat *found) {
  if (dir < 0) return 0;
  if (fstatat(dir, name, found, AT_SYMLINK_NOFOLLOW) == 0) return 1;
  if (errno != ENOENT && errno != ENOTDIR) fail("look");
  return 0;
}

static int open_folder(int dir, const char *name) {
  int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME);
  must(fd, "open");
  return fd;
}

static DIR *list(int dir) {
  int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_NOATIME);
  DIR *stream = fd < 0 ? NULL : fdopendir(fd);
  if (!stream) fail("list");
  return stream;
}

static const char *next(DIR *stream) {
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(stream);
    if (!entry) {
      if (errno) fail("list");
      return NULL;
    }
    if (!entry->d_name[0] || strchr(entry->d_name, '/')) { /* only a damaged folder has these */
      errno = EUCLEAN;
      fail("list");
    }
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) return entry->d_name;
  }
}

/* ---- comparing ---- */

static off_t data_from(int fd, off_t at, off_t end) {
  off_t data = lseek(fd, at, SEEK_DATA);
  if (data < 0 && errno == ENXIO) return end;
  return data < 0 ? at : data < end ? data : end;
}

static size_t fill(int fd, char *buffer, off_t at, off_t end) {
  size_t want = end - at < BUFFER ? (size_t)(end - at) : BUFFER, have = 0;
  while (have < want) {
    ssize_t count = pread(fd, buffer + have, want - have, at + (off_t)have);
    must(count < 0 ? -1 : 0, "read");
    if (count == 0) {
      errno = EUCLEAN;
      fail("read");
    }
    have += (size_t)count;
  }
  return have;
}

static int same_bytes(int a_dir, int b_dir, const char *name, off_t size) {
  int a = openat(a_dir, name, O_RDONLY | O_NOFOLLOW | O_NOATIME);
  must(a, "open");
  int b = openat(b_dir, name, O_RDONLY | O_NOFOLLOW | O_NOATIME);
  must(b, "open");
  int same = 1;
  for (off_t at = 0; same && at < size;) {
    off_t a_data = data_from(a, at, size), b_data = data_from(b, at, size);
    at = a_data < b_data ? a_data : b_data; /* both have a hole up to there */
    if (at < size) {
      size_t count = fill(a, one, at, size);
      same = fill(b, other, at, size) == count && !memcmp(one, other, count);
      at += (off_t)count;
    }
  }
  close(a);
  close(b);
  return same;
}

static int same_target(int a_dir, int b_dir, const char *name) {
  ssize_t a = readlinkat(a_dir, name, one, PATH_MAX), b = readlinkat(b_dir, name, other, PATH_MAX);
  if (a < 0 || b < 0) fail("read link");
  return a == b && !memcmp(one, other, (size_t)a);
}

/* The paths of /proc/self/fd lead to what a descriptor has open, a link itself included. */
static const char *by_descriptor(int fd, char *text) {
  sprintf(text, PLACE "/proc/self/fd/%d", fd);
  return text;
}

static int hold(int dir, const char *name) {
  int fd = openat(dir, name, O_PATH | O_NOFOLLOW);
  must(fd, "open");
  return fd;
}

static ssize_t names_of(const char *place, char *names) {
  ssize_t count = listxattr(place, names, XATTR_NAMES);
  if (count < 0 && errno != EOPNOTSUPP) fail("list attributes");
  return count < 0 ? 0 : count;
}

static int has_all(const char *a, const char *b) {
  static char names[XATTR_NAMES];
  ssize_t length = names_of(a, names);
  for (char *name = names; name < names + length; name += strlen(name) + 1) {
    ssize_t a_size = getxattr(a, name, one, BUFFER), b_size = getxattr(b, name, other, BUFFER);
    if (a_size < 0) fail("read attribute");
    if (a_size != b_size || memcmp(one, other, (size_t)a_size)) return 0;
  }
  return 1;
}

static int same_attributes(int a_dir, int b_dir, const char *name) {
  char a_text[64], b_text[64];
  int a = hold(a_dir, name), b = hold(b_dir, name);
  const char *a_path = by_descriptor(a, a_text), *b_path = by_descriptor(b, b_text);
  int same = has_all(a_path, b_path) && has_all(b_path, a_path);
  close(a);
  close(b);
  return same;
}

/* Whether two entries are the same but for their times; of folders, their own attributes only. */
static int same(int a_dir, const struct stat *a, int b_dir, const struct stat *b,
                const char *name) {
  if (a->st_mode != b->st_mode || a->st_uid != b->st_uid || a->st_gid != b->st_gid) return 0;
  switch (a->st_mode & S_IFMT) {
    case S_IFREG:
      if (a->st_size != b->st_size || !same_bytes(a_dir, b_dir, name, a->st_size)) return 0;
      break;
    case S_IFLNK:
      return same_target(a_dir, b_dir, name);
    case S_IFCHR:
    case S_IFBLK:
      if (a->st_rdev != b->st_rdev) return 0;
      break;
  }
  return same_attributes(a_dir, b_dir, name);
}

/* A root on a COW has the inodes of its pristine image: one with the same time of change is the
 * same, without reading it. */
static int untouched(int o_dir, const struct stat *o, int m_dir, const struct stat *m,
                     const char *name) {
  if (o->st_ino == m->st_ino && o->st_mode == m->st_mode && o->st_size == m->st_size &&
      o->st_ctim.tv_sec == m->st_ctim.tv_sec && o->st_ctim.tv_nsec == m->st_ctim.tv_nsec)
    return 1;
  return same(o_dir, o, m_dir, m, name);
}

/* For the count of what a new version brings, size and time are told apart, and no byte is read. */
static int seems_new(const struct stat *o, const struct stat *n) {
  return o->st_mode != n->st_mode || o->st_size != n->st_size || o->st_uid != n->st_uid ||
         o->st_gid != n->st_gid || o->st_mtim.tv_sec != n->st_mtim.tv_sec;
}

/* ---- writing ---- */

static void count(struct tally *tally, const struct stat *found) {
  tally->files++;
  if (S_ISREG(found->st_mode)) tally->bytes += (unsigned long long)found->st_blocks * 512;
}

static void conflict(const char *kind, const struct stat *found) {
  count(&conflicts, found);
  if (conflicts.files > LISTED) return;
  printf("\nfjord: conflict %s ", kind);
  tell_path();
  putchar('\n');
}

static void unlock(int dir, const char *name, const struct stat *found) {
  if (!S_ISREG(found->st_mode) && !S_ISDIR(found->st_mode)) return;
  int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW), flags = 0;
  must(fd, "open");
  if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & (FS_IMMUTABLE_FL | FS_APPEND_FL))) {
    flags &= ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
    must(ioctl(fd, FS_IOC_SETFLAGS, &flags), "unlock");
  }
  close(fd);
}

static void delete(int dir, const char *name, int depth) {
  struct stat found;
  if (!look(dir, name, &found)) return;
  unlock(dir, name, &found);
  if (S_ISDIR(found.st_mode)) {
    if (depth > DEEPEST) {
      errno = ELOOP;
      fail("descend");
    }
    int folder = open_folder(dir, name);
    DIR *stream = list(folder);
    for (const char *entry; (entry = next(stream));) {
      size_t before = enter(entry);
      delete(folder, entry, depth + 1);
      leave(before);
    }
    closedir(stream);
    close(folder);
  }
  must(unlinkat(dir, name, S_ISDIR(found.st_mode) ? AT_REMOVEDIR : 0), "remove");
}

static void copy_bytes(int from, int to, off_t size) {
  for (off_t at = 0; (at = data_from(from, at, size)) < size;) {
    size_t length = fill(from, one, at, size);
    for (size_t done = 0; done < length;) {
      ssize_t wrote = pwrite(to, one + done, length - done, at + (off_t)done);
      must(wrote < 0 ? -1 : 0, "write");
      done += (size_t)wrote;
    }
    at += (off_t)length;
  }
  must(ftruncate(to, size), "write");
}

static void copy_attributes(int from, int to) {
  static char names[XATTR_NAMES], old[XATTR_NAMES];
  char from_text[64], to_text[64];
  const char *a = by_descriptor(from, from_text), *b = by_descriptor(to, to_text);
  ssize_t length = names_of(b, old);
  for (char *name = old; name < old + length; name += strlen(name) + 1)
    if (getxattr(a, name, one, BUFFER) < 0) must(removexattr(b, name), "remove attribute");
  length = names_of(a, names);
  for (char *name = names; name < names + length; name += strlen(name) + 1) {
    ssize_t size = getxattr(a, name, one, BUFFER);
    must(size < 0 ? -1 : 0, "read attribute");
    must(setxattr(b, name, one, (size_t)size, 0), "write attribute");
  }
}

static void copy_flags(int from_dir, int to_dir, const char *name) {
  int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_NOATIME), flags = 0, now = 0;
  must(from, "open");
  if (ioctl(from, FS_IOC_GETFLAGS, &flags) == 0 && (flags & CARRIED)) {
    int to = openat(to_dir, name, O_RDONLY | O_NOFOLLOW);
    must(to, "open");
    if (ioctl(to, FS_IOC_GETFLAGS, &now) == 0) {
      now |= flags & CARRIED;
      must(ioctl(to, FS_IOC_SETFLAGS, &now), "write flags");
    }
    close(to);
  }
  close(from);
}

/* Owner, mode, attributes, times: in the order in which none undoes another. */
static void dress(int m_dir, const char *name, const struct stat *m, int to_dir, const char *to) {
  char text[64];
  must(fchownat(to_dir, to, m->st_uid, m->st_gid, AT_SYMLINK_NOFOLLOW), "own");
  int from = hold(m_dir, name), fd = hold(to_dir, to);
  if (!S_ISLNK(m->st_mode)) {
    must(chmod(by_descriptor(fd, text), m->st_mode & 07777), "permit");
    copy_attributes(from, fd);
  }
  close(from);
  close(fd);
  struct timespec times[2] = {m->st_atim, m->st_mtim};
  must(utimensat(to_dir, to, times, AT_SYMLINK_NOFOLLOW), "set time of");
}

/* Names of one inode stay names of one inode: a list by the old inode's number. */
static struct link { ino_t inode; char *first; struct link *rest; } *links[4096];

static struct link *linked(ino_t inode) {
  for (struct link *at = links[inode % 4096]; at; at = at->rest)
    if (at->inode == inode) return at;
  return NULL;
}

static void remember(ino_t inode) {
  struct link *link = malloc(sizeof *link);
  char *first = strdup(path + 1);
  if (!link || !first) fail("remember");
  *link = (struct link){inode, first, links[inode % 4096]};
  links[inode % 4096] = link;
}

/* ---- the three-way comparison ---- */

/* One folder of the walk, and the same one on the three disks; -1 where it is none. */
struct folder {
  struct folder *above;
  const char *name;
  int o, m, n, depth, mine, needed;
};

/* The folder on the new root is needed: made when the new version has none, or no folder. */
static int place(struct folder *folder) {
  if (folder->n >= 0 || folder->needed) return folder->n;
  int above = place(folder->above);
  struct stat found;
  folder->needed = 1;
  if (look(above, folder->name, &found)) {
    if (!folder->mine) conflict("no-folder", &found);
    if (writing) delete(above, folder->name, folder->depth);
  }
  if (writing) {
    must(mkdirat(above, folder->name, 0700), "make");
    folder->n = open_folder(above, folder->name);
  }
  return folder->n;
}

/* Brings an entry that is no folder over: beside its place, then renamed. */
static void bring(struct folder *folder, const char *name, const struct stat *m) {
  struct stat n;
  int to_dir = place(folder);
  if (!writing) return;
  if (look(to_dir, name, &n)) {
    if (S_ISDIR(n.st_mode)) delete(to_dir, name, folder->depth);
    else unlock(to_dir, name, &n);
  }
  struct link *first = m->st_nlink > 1 ? linked(m->st_ino) : NULL;
  if (first) {
    unlock(new_root, first->first, m);
    must(linkat(new_root, first->first, new_root, UNFINISHED, 0), "link");
    must(renameat(new_root, UNFINISHED, to_dir, name), "rename");
    unlinkat(new_root, UNFINISHED, 0); /* rename(2) does nothing between names of one inode */
    if (S_ISREG(m->st_mode)) copy_flags(folder->m, to_dir, name);
    return;
  }
  if (S_ISREG(m->st_mode)) {
    int from = openat(folder->m, name, O_RDONLY | O_NOFOLLOW | O_NOATIME);
    must(from, "open");
    int to = openat(new_root, UNFINISHED, O_WRONLY | O_CREAT | O_EXCL, 0600);
    must(to, "make");
    copy_bytes(from, to, m->st_size);
    close(from);
    must(close(to), "write");
  } else if (S_ISLNK(m->st_mode)) {
    ssize_t length = readlinkat(folder->m, name, one, BUFFER - 1);
    must(length < 0 ? -1 : 0, "read link");
    one[length] = 0;
    must(symlinkat(one, new_root, UNFINISHED), "make");
  } else {
    must(mknodat(new_root, UNFINISHED, (m->st_mode & S_IFMT) | 0600, m->st_rdev), "make");
  }
  dress(folder->m, name, m, new_root, UNFINISHED);
  must(renameat(new_root, UNFINISHED, to_dir, name), "rename");
  if (S_ISREG(m->st_mode)) copy_flags(folder->m, to_dir, name);
  if (m->st_nlink > 1 && path_length < PATH_MAX) remember(m->st_ino);
}

static void visit(struct folder *folder);

static void into(struct folder *above, const char *name, int in_o, int in_n,
                 const struct stat *m, int mine) {
  struct folder inner = {.above = above, .name = name, .depth = above->depth + 1, .mine = mine};
  if (inner.depth > DEEPEST) {
    errno = ELOOP;
    fail("descend");
  }
  inner.m = open_folder(above->m, name);
  inner.o = in_o ? open_folder(above->o, name) : -1;
  inner.n = in_n ? open_folder(above->n, name) : -1;
  if (mine) place(&inner);
  visit(&inner);
  if (writing && (mine || inner.needed)) {
    dress(above->m, name, m, above->n, name);
    copy_flags(above->m, above->n, name);
  }
  if (inner.n >= 0) close(inner.n);
  if (inner.o >= 0) close(inner.o);
  close(inner.m);
}

/* Whether an entry, or whatever is below it, is not the same on both disks. */
static int differs(int a_dir, int b_dir, const char *name, int depth) {
  struct stat a, b;
  int in_a = look(a_dir, name, &a), in_b = look(b_dir, name, &b);
  if (!in_a || !in_b || !same(a_dir, &a, b_dir, &b, name)) return 1;
  if (!S_ISDIR(a.st_mode)) return 0;
  if (depth > DEEPEST) {
    errno = ELOOP;
    fail("descend");
  }
  int inner_a = open_folder(a_dir, name), inner_b = open_folder(b_dir, name), found = 0;
  for (int turn = 0; turn < 2 && !found; turn++) {
    DIR *stream = list(turn ? inner_b : inner_a);
    for (const char *entry; !found && (entry = next(stream));)
      found = differs(inner_a, inner_b, entry, depth + 1);
    closedir(stream);
  }
  close(inner_a);
  close(inner_b);
  return found;
}

/* An entry that the instance has. */
static void there(struct folder *folder, const char *name) {
  struct stat o, m, n;
  if (!look(folder->m, name, &m)) fail("look");
  int in_o = look(folder->o, name, &o), in_n = look(folder->n, name, &n), mine = 0;
  if (in_o && untouched(folder->o, &o, folder->m, &m, name)) {
    if (!S_ISDIR(m.st_mode) && (!in_n || seems_new(&o, &n))) count(&taken, in_n ? &n : &o);
  } else if (!in_n || !same(folder->m, &m, folder->n, &n, name)) {
    mine = 1;
    int left = in_o == in_n; /* by the new version; below a folder each entry is asked for itself */
    if (left && in_o)
      left = S_ISDIR(m.st_mode) ? same(folder->o, &o, folder->n, &n, name)
                                : !differs(folder->o, folder->n, name, folder->depth);
    if (left) count(&kept, &m);
    else conflict(!in_o ? "added" : in_n ? "changed" : "dropped", &m);
  }
  if (S_ISDIR(m.st_mode)) {
    into(folder, name, in_o && S_ISDIR(o.st_mode), in_n && S_ISDIR(n.st_mode), &m, mine);
  } else if (mine) {
    bring(folder, name, &m);
  }
}

/* An entry that the pristine image has, and the instance has no more. */
static void removed(struct folder *folder, const char *name) {
  struct stat o, n;
  if (!look(folder->n, name, &n) || !look(folder->o, name, &o)) return;
  if (differs(folder->o, folder->n, name, folder->depth)) conflict("removed", &n);
  else count(&gone, &o);
  if (writing) delete(folder->n, name, folder->depth);
}

/* What only the new version has. */
static void fresh(int dir, const char *name, int depth) {
  struct stat n;
  if (!look(dir, name, &n)) return;
  count(&taken, &n);
  if (!S_ISDIR(n.st_mode) || depth > DEEPEST) return;
  int inner = open_folder(dir, name);
  DIR *stream = list(inner);
  for (const char *entry; (entry = next(stream));) fresh(inner, entry, depth + 1);
  closedir(stream);
  close(inner);
}

static void visit(struct folder *folder) {
  int had = folder->n; /* before the walk can make it */
  if (had >= 0) {
    DIR *stream = list(had);
    for (const char *name; (name = next(stream));) {
      struct stat found;
      if (!look(folder->m, name, &found) && !look(folder->o, name, &found))
        fresh(had, name, folder->depth);
    }
    closedir(stream);
  }
  DIR *stream = list(folder->m);
  for (const char *name; (name = next(stream));) {
    if (!folder->above && !strcmp(name, "lost+found")) continue;
    size_t before = enter(name);
    there(folder, name);
    leave(before);
  }
  closedir(stream);
  if (folder->o < 0) return;
  stream = list(folder->o);
  for (const char *name; (name = next(stream));) {
    struct stat m;
    if (look(folder->m, name, &m)) continue;
    size_t before = enter(name);
    removed(folder, name);
    leave(before);
  }
  closedir(stream);
}

/* ---- jobs ---- */

static int mounted(int disk, const char *place, unsigned long flags) {
  char node[64];
  sprintf(node, PLACE "/ubd%c", 'a' + disk);
  must(mknod(node, S_IFBLK | 0600, makedev(UBD_MAJOR, disk * MINORS)), "make a node for a disk");
  must(mkdir(place, 0700), "make");
  must(mount(node, place, "ext4", flags | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME,
             "errors=remount-ro"),
       "mount");
  int fd = open(place, O_RDONLY | O_DIRECTORY);
  must(fd, "open");
  return fd;
}

static void fill_disk(int root, int disk) {
  char node[64];
  unsigned long long bytes = 0;
  struct statfs found;
  sprintf(node, PLACE "/ubd%c", 'a' + disk);
  int fd = open(node, O_RDONLY);
  must(fd, "open");
  must(ioctl(fd, BLKGETSIZE64, &bytes), "measure");
  close(fd);
  must(fstatfs(root, &found), "measure");
  unsigned long long blocks = bytes / (unsigned long long)found.f_bsize;
  must(ioctl(root, EXT4_IOC_RESIZE_FS, &blocks), "grow");
}

static void unmounted(int root, const char *place) {
  close(root);
  must(umount(place), "unmount");
}

static void grow(void) {
  int root = mounted(1, PLACE "/n", 0);
  fill_disk(root, 1);
  unmounted(root, PLACE "/n");
}

static void tell(const char *what, const struct tally *tally) {
  printf("\nfjord: %s %llu %llu\n", what, tally->files, tally->bytes);
}

static void rebase(void) {
  struct folder top = {.o = mounted(1, PLACE "/o", MS_RDONLY), .m = mounted(2, PLACE "/m", 0)};
  top.n = new_root = mounted(3, PLACE "/n", writing ? 0 : MS_RDONLY);
  struct stat o, m, n;
  if (fstat(top.o, &o) || fstat(top.m, &m) || fstat(top.n, &n)) fail("look");
  if (writing) fill_disk(new_root, 3);
  visit(&top);
  if (writing) {
    if (!same(top.o, &o, top.m, &m, ".")) dress(top.m, ".", &m, top.n, ".");
    unmounted(top.n, PLACE "/n");
  }
  tell("kept", &kept);
  tell("taken", &taken);
  tell("removed", &gone);
  tell("conflicts", &conflicts);
}

int main(void) {
  struct rlimit descriptors = {16384, 16384};
  const char *job = getenv("job") ? getenv("job") : "";
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  setrlimit(RLIMIT_NOFILE, &descriptors);
  mkdir(PLACE, 0700); /* some kernels put a devtmpfs of their own on /dev */
  must(mount("none", PLACE, "tmpfs", 0, "mode=0700"), "mount a place to work at");
  must(mkdir(PLACE "/proc", 0700), "make");
  must(mount("none", PLACE "/proc", "proc", 0, NULL), "mount proc");
  writing = !strcmp(job, "rebase");
  if (!strcmp(job, "grow")) grow();
  else if (writing || !strcmp(job, "compare")) rebase();
  else fail("understand the job");
  printf("\nfjord: done\n");
  power_off();
}
