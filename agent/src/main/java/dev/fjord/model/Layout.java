package dev.fjord.model;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one place that knows every path of the agent on its host. Values only: it touches no file.
 * Neither path holds {@code ,} or {@code :} (UML splits its disk arguments there), nor white space.
 *
 * @param state absolute; survives a reboot
 * @param run absolute; may be lost at a reboot
 */
public record Layout(Path state, Path run) {
  /** A version, or a wide copy of one. */
  private static final Pattern IMAGE = Pattern.compile("[0-9a-f]{64}(\\.[1-9][0-9]{0,18})?\\.img");

  private static final Pattern WIDE = Pattern.compile("[0-9a-f]{64}\\.([1-9][0-9]{0,17})\\.img");

  private static final String CAPTURES = "capture";

  /** Every instance has a {@code uml_dir} of its own, so the name in it can be short. */
  public static final String UMID = "uml";

  /**
   * sun_path is 108 bytes with its NUL (unix(7)); the longest is {@link #mconsole(ResourceName,
   * long)}, and a pid is at most 4194304 (PID_MAX_LIMIT of linux/threads.h).
   */
  private static final int LONGEST_SOCKET = 107 - "/proc/4194304/root".length();

  public Layout {
    for (Path path : new Path[] {state, run}) {
      String text = path.toString();
      if (!path.isAbsolute() || !text.matches("[-_./+@a-zA-Z0-9]+") || text.contains("/..")) {
        throw new IllegalArgumentException(
            "'"
                + text
                + "' must be an absolute path of letters, digits and -_./+@ only:"
                + " User-Mode Linux splits its disk arguments at ',' and ':'");
      }
    }
    int longest = run.toString().length() + "/umid/".length() + 32 + "/uml/mconsole".length();
    if (longest > LONGEST_SOCKET) {
      throw new IllegalArgumentException(
          "'"
              + run
              + "' is too long by "
              + (longest - LONGEST_SOCKET)
              + " characters: the path of a socket in it must stay below 108");
    }
  }

  public static Layout of(String state, String run) {
    return new Layout(Path.of(state), Path.of(run));
  }

  public Path repository() {
    return state.resolve("repository.git");
  }

  /** The accepted and the applied commit, beside the mirror: they outlive its loss. */
  public Path revisions() {
    return state.resolve("revisions");
  }

  /** When commits that are not followed were seen first. */
  public Path seenCommits() {
    return state.resolve("seen-commits");
  }

  public Path images() {
    return state.resolve("images");
  }

  public Path image(ResourceName name, Digest digest) {
    return images().resolve(name.value()).resolve(digest.hex() + ".img");
  }

  /**
   * What a root stands on: the image itself, or a copy of it that a hole at its end makes as large
   * as the root.
   *
   * @param root how large the root is; null for as large as the image
   */
  public Path image(ResourceName name, Digest digest, @Nullable ByteSize root) {
    return root == null ? image(name, digest) : wide(name, digest, root.bytes() + ".img");
  }

  /** What a record's root stands on. */
  public Path image(InstanceRecord record) {
    return image(record.applied().image(), record.base(), record.applied().root());
  }

  /** As {@link #imageNote}, of a wide copy. */
  public Path wideNote(ResourceName name, Digest digest, ByteSize root, Note note) {
    return wide(name, digest, root.bytes() + "." + word(note));
  }

  private Path wide(ResourceName name, Digest digest, String rest) {
    return images().resolve(name.value()).resolve(digest.hex() + "." + rest);
  }

  /** Whether that is the path of the version or of a wide copy of it. */
  public boolean isImage(@Nullable Path path, ResourceName name, Digest digest) {
    return path != null && path.equals(image(name, digest, wideSize(path)));
  }

  /**
   * Where an image lies below this state directory that lay at {@code path} below another, or below
   * the same before it was moved; null when that was never the path of an image. A version is named
   * by its digest, so the same name is the same image.
   */
  public @Nullable Path imageHere(Path path) {
    Path folder = path.getParent();
    Path store = folder == null ? null : folder.getParent();
    if (folder == null
        || store == null
        || !store.endsWith(images().getFileName())
        || !IMAGE.matcher(String.valueOf(path.getFileName())).matches()
        || !String.valueOf(folder.getFileName()).matches(ResourceName.PATTERN)) {
      return null;
    }
    return images().resolve(folder.getFileName()).resolve(path.getFileName());
  }

  /** How large a wide copy is, by its name; null of any other path. */
  public static @Nullable ByteSize wideSize(Path path) {
    Matcher wide = WIDE.matcher(String.valueOf(path.getFileName()));
    return wide.matches() ? new ByteSize(Long.parseLong(wide.group(1))) : null;
  }

  /** The result of building an image; only built images have it. */
  public Path imageContent(ResourceName name, Digest digest) {
    return images().resolve(name.value()).resolve(digest.hex() + ".json");
  }

  /** Where images are built and packages unpacked, one at a time; root's alone. */
  public Path builds() {
    return state.resolve("builds");
  }

  public Path kernels() {
    return state.resolve("kernels");
  }

  public Path kernelFolder(ResourceName name, Digest digest) {
    return kernels().resolve(name.value()).resolve(digest.hex());
  }

  public Path kernel(ResourceName name, Digest digest) {
    return kernelFolder(name, digest).resolve("linux");
  }

  /** The result of unpacking a kernel; only kernels from a package have it. */
  public Path kernelContent(ResourceName name, Digest digest) {
    return kernelFolder(name, digest).resolve("linux.json");
  }

  /** The modules that came in a kernel's package, in a folder for their version. */
  public Path kernelModules(ResourceName name, Digest digest) {
    return kernelFolder(name, digest).resolve("modules");
  }

  /** What is noted of a version in a store, in a file of its own. */
  public enum Note {
    /** What its content was when it was read last. */
    VERDICT,
    /** Since when nothing needs it. */
    UNUSED,
    /** That it is to be stored again from its source, because a person asked for it. */
    REPAIR
  }

  public Path imageNote(ResourceName name, Digest digest, Note note) {
    return images().resolve(name.value()).resolve(digest.hex() + "." + word(note));
  }

  public Path kernelNote(ResourceName name, Digest digest, Note note) {
    return kernelFolder(name, digest).resolve(word(note));
  }

  private static String word(Note note) {
    return note.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The settings that interfaces of the host had before they became ports of bridges, in one file
   * for each bridge.
   */
  public Path uplinks() {
    return state.resolve("uplinks");
  }

  /**
   * The initramfs of a kernel whose guest has settings to receive; made anew whenever it is
   * missing.
   *
   * @param ipv6 whether it has the modules for IPv6
   * @param timeZone null for none
   */
  public Path initramfs(
      ResourceName kernel, Digest digest, boolean ipv6, @Nullable String timeZone) {
    String kind = ipv6 ? "" : "-plain";
    String zone = timeZone == null ? "" : "-" + timeZone.replace('/', '+');
    return state.resolve("initramfs").resolve(kernel + "-" + digest.hex() + kind + zone + ".cpio");
  }

  /**
   * All modules of a kernel, as a disk that guests only read: made when it is first needed. It is
   * deleted with the kernel.
   */
  public Path modulesDisk(ResourceName kernel, Digest digest) {
    return kernelFolder(kernel, digest).resolve("modules.img");
  }

  /** What the agent compiled for itself: the XSAVE library. */
  public Path libraries() {
    return state.resolve("lib");
  }

  /**
   * A node of the host's tun device that instances may open; in a folder that only root may enter.
   */
  public Path tunDevice() {
    return state.resolve("devices").resolve("tun");
  }

  public Path instances() {
    return state.resolve("instances");
  }

  public Path instance(ResourceName name) {
    return instances().resolve(name.value());
  }

  public Path record(ResourceName name) {
    return recordIn(instance(name));
  }

  /**
   * The record in an instance's folder, wherever that folder lies: in its place or in the trash.
   */
  public static Path recordIn(Path folder) {
    return folder.resolve("instance.json");
  }

  /** Second copies of the records, so that a lost file loses no lease. */
  public Path recordCopies() {
    return state.resolve("records");
  }

  public Path recordCopy(ResourceName name) {
    return recordCopies().resolve(name.value() + ".json");
  }

  public Path rootCow(ResourceName name) {
    return rootCowIn(instance(name));
  }

  public static Path rootCowIn(Path folder) {
    return folder.resolve("root.cow");
  }

  public Path swap(ResourceName name) {
    return swapIn(instance(name));
  }

  public static Path swapIn(Path folder) {
    return folder.resolve("swap.img");
  }

  public Path volume(ResourceName name, ResourceName volume) {
    return volumeIn(instance(name), volume);
  }

  public static Path volumesIn(Path folder) {
    return folder.resolve("volumes");
  }

  public static Path volumeIn(Path folder, ResourceName volume) {
    return volumesIn(folder).resolve(volume.value() + ".img");
  }

  /** What the host keeps of an instance's traffic; only root may enter it. */
  public Path captures(ResourceName name) {
    return instance(name).resolve(CAPTURES);
  }

  /** What the console showed when a start failed. */
  public Path bootOutput(ResourceName name) {
    return instance(name).resolve("console.boot");
  }

  /** What the console showed when the kernel ended last, unasked. */
  public Path lastConsole(ResourceName name) {
    return instance(name).resolve("console.end");
  }

  /** How its kernel ended the last times, unasked. */
  public Path deaths(ResourceName name) {
    return instance(name).resolve("deaths.json");
  }

  public Path trash() {
    return state.resolve("trash");
  }

  public Path journal() {
    return state.resolve("journal");
  }

  public Path status() {
    return state.resolve("status.json");
  }

  /** How much of the disk was used over the last weeks. */
  public Path diskUse() {
    return state.resolve("disk-use.json");
  }

  /** What was last loaded into nftables, which forgets it at a reboot, too. */
  public Path filters() {
    return run.resolve("filters.json");
  }

  /** How many frames were dropped because their sender had no right to send them. */
  public Path spoofed() {
    return run.resolve("spoofed.json");
  }

  public Path lock() {
    return run.resolve("lock");
  }

  public Path controlSocket() {
    return run.resolve("control");
  }

  public Path screens() {
    return run.resolve("screen");
  }

  /** The last status, where it could not be written to the disk of the state directory. */
  public Path statusAside() {
    return run.resolve("status.json");
  }

  /** What the watch over running instances has found. */
  public Path watch() {
    return run.resolve("watch.json");
  }

  /** What is known of an instance's starts since the host booted. */
  public Path starts(ResourceName name) {
    return run.resolve("starts").resolve(name.value() + ".json");
  }

  /**
   * {@code uml_dir} of an instance, its own alone; the {@code umid} in it is {@link #UMID}. A path
   * of the kernel's own mount namespace: nothing is there on the host.
   */
  public Path umlDirectory(ResourceName name) {
    return umlDirectories().resolve(name.value());
  }

  public Path umlDirectories() {
    return run.resolve("umid");
  }

  /** Where a kernel binds its management socket, as that kernel sees it. */
  public Path mconsole(ResourceName name) {
    return umlDirectory(name).resolve(UMID).resolve("mconsole");
  }

  /**
   * The same socket as the host reaches it: {@code uml_dir} is a small file system of the kernel's
   * own mount namespace, so that nothing in it outlives the kernel or fills the host's.
   */
  public Path mconsole(ResourceName name, long pid) {
    return Path.of("/proc/" + pid + "/root" + mconsole(name));
  }

  /** Only root may enter it: each kernel sees its own folder in it. */
  public Path answers() {
    return run.resolve("answers");
  }

  /**
   * Where the host binds the sockets that an instance's kernel answers to on its mconsole: at the
   * same path for both, since a kernel in a network namespace of its own reaches no abstract one.
   * Shorter than {@link #mconsole(ResourceName, long)}.
   */
  public Path answers(ResourceName name) {
    return answers().resolve(name.value());
  }

  /** Only root may enter it, so that another switch's socket cannot be reached through it. */
  public Path switches() {
    return run.resolve("switches");
  }

  /** Where a switch's daemon has its socket: that daemon's own, and shown to its guests. */
  public Path switchFolder(ResourceName network) {
    return switches().resolve(network.value());
  }

  /** Shorter than {@link #mconsole(ResourceName, long)}. */
  public Path switchSocket(ResourceName network) {
    return switchFolder(network).resolve("ctl");
  }

  /** What daemons of names read: the names, and which servers to ask for others. */
  public Path names() {
    return run.resolve("names");
  }

  public Path namesFile() {
    return names().resolve("names");
  }

  public Path resolvers() {
    return names().resolve("servers");
  }

  /** Settings of a daemon of names, by which it is known: an empty file. */
  public Path namesSettings(ResourceName network) {
    return names().resolve(network.value() + ".conf");
  }

  /** Which names the daemons were last given. */
  public Path namesTold() {
    return run.resolve("names.told");
  }

  /** What was written to the hosts file, and when. */
  public Path hostsWritten() {
    return run.resolve("hosts.json");
  }

  /** How the starts of daemons went, and what they said; root's alone. */
  public Path daemons() {
    return run.resolve("daemons");
  }

  /** Settings of the terminals that hold the consoles. */
  public Path screenSettings() {
    return run.resolve("screenrc");
  }

  /** Root's alone. */
  public Path consoles() {
    return run.resolve("console");
  }

  /** What is noted of how an instance's terminal was started; root's alone. */
  public Path terminalNote(ResourceName name) {
    return consoles().resolve(name.value() + ".terminal");
  }

  /** What is noted of how an instance's kernel was started; root's alone. */
  public Path kernelNote(ResourceName name) {
    return consoles().resolve(name.value() + ".kernel");
  }

  /** What an instance's terminal said of itself: nothing, where all is well. */
  public Path terminalLog(ResourceName name) {
    return consoles().resolve(name.value() + ".log");
  }

  /** The user of an instance's terminal, as passwd(5) has it. */
  public Path terminalUser(ResourceName name) {
    return consoles().resolve(name.value() + ".passwd");
  }

  /** What a console that is root's showed, for the moment that it takes to read it. */
  public Path consoleCapture(ResourceName name) {
    return consoles().resolve(name.value() + ".capture");
  }

  /** Exists while a person may have typed on a console since its kernel was started. */
  public Path consoleUsed(ResourceName name) {
    return consoles().resolve(name.value() + ".used");
  }
}
