package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.host.linux.origin.Compression;
import dev.fjord.host.linux.origin.Content;
import dev.fjord.host.linux.origin.Expected;
import dev.fjord.host.linux.origin.Origin;
import dev.fjord.host.linux.origin.web.Web;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Source;
import dev.fjord.problem.Problem;
import dev.fjord.report.DigestJson;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fjord digest}. */
@Command(
    name = "digest",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the lines that pin a kernel or an image.",
      "",
      "They are those of what would be stored: a file that is compressed by gzip, xz, zstd or bzip2"
          + " is decompressed first, as its first bytes tell, whatever its name is. An Image takes"
          + " 'sha256' and 'size', a Kernel 'sha256' alone. Of an archive of a root file system it"
          + " is the digest alone, with 'format: tar'; a Debian package with a kernel in it is"
          + " pinned as it is."
    },
    footer = {
      "",
      "Examples:",
      "  fjord digest tiny.img",
      "  fjord digest file:/var/lib/fjord-images/debian.img.xz",
      "  fjord digest https://images.example.org/debian.img.xz",
      "  fjord digest --format json /usr/bin/linux.uml",
      "",
      "See also: init, validate"
    })
final class DigestCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      paramLabel = "SOURCE",
      description = "A file on this host, or 'spec.source' as a document has it: file: or https:.")
  private String source = "";

  @Mixin private Printing printing = new Printing();

  @Spec private CommandSpec spec = CommandSpec.create();

  DigestCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    print(read(source()));
    return ExitCode.OK.number();
  }

  private Source source() {
    try {
      return source.matches("(?s)[a-z]+:.*")
          ? Source.parse(source)
          : new Source.FileSource(path(source));
    } catch (InvalidPathException e) {
      throw new ParameterException(spec.commandLine(), "SOURCE is no path of a file", e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("SOURCE is empty");
    }
    return Path.of(text).toAbsolutePath().normalize();
  }

  private Content read(Source from) {
    try {
      return Origin.of("the file", from, Web.usual()).content(Expected.any(), this::progress);
    } catch (IOException e) {
      throw Problem.of("source-unreadable", "reading " + source + " failed")
          .detail(e.toString())
          .hint("Is the disk sound? The kernel's log may say.")
          .asException(e);
    } finally {
      terminal.passing("");
    }
  }

  private void progress(long bytes, long of) {
    terminal.passing(
        of <= 0
            ? new ByteSize(bytes).mebibytes() + " MiB"
            : "%d %% of %d MiB".formatted(bytes * 100 / of, new ByteSize(of).mebibytes()));
  }

  private void print(Content content) {
    String compression = content.compression().word();
    if (printing.isJson()) {
      terminal.print(
          DigestJson.text(content.digest(), content.size(), compression, content.form().word()));
      return;
    }
    // Quoted: digits alone would be a number.
    String sha256 = "  sha256: \"%s\"%n".formatted(content.digest());
    terminal.print(
        switch (content.form()) {
          case PLAIN -> sha256 + "  size: %s%n".formatted(content.size());
          case TAR -> "  format: tar%n".formatted() + sha256;
          case DEBIAN_PACKAGE -> sha256;
        });
    if (content.compression() != Compression.NONE) {
      terminal.tell("of what it holds when it is decompressed (" + compression + ")");
    }
    switch (content.form()) {
      case PLAIN -> tellOfPlain(content);
      case TAR ->
          terminal.tell(
              "an archive of %s: for an Image, write 'size' as large as its file system is to be"
                  .formatted(content.size()));
      case DEBIAN_PACKAGE ->
          terminal.tell("a Debian package: for a Kernel, which is unpacked from it");
    }
  }

  private void tellOfPlain(Content content) {
    if (content.size().bytes() % 512 != 0) {
      terminal.tell("no image: its size is no multiple of 512 bytes");
    }
  }
}
