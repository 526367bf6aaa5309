package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.model.DiskUsage;
import dev.fjord.report.DiskJson;
import dev.fjord.report.DiskText;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fjord disk}. */
@Command(
    name = "disk",
    mixinStandardHelpOptions = true,
    description = {
      "Tells what each instance may take of the disk, and what it takes.",
      "",
      "PROMISED is its image, swap and volumes. USED is what its folder takes. DIVERGED is how much"
          + " of its root was ever written: that is its own, the rest is still the image's. The"
          + " worst case is that everybody uses all that was promised. The growth is that of the"
          + " whole file system, estimated from what the agent noted once an hour over the last two"
          + " weeks.",
      "",
      "It looks at the disks themselves, and changes nothing. Its exit code is 1 when something"
          + " could not be read; a worst case that does not fit is told, and no error."
    },
    footer = {
      "",
      "Examples:",
      "  sudo fjord disk",
      "  sudo fjord disk --format json | jq .missingBytes",
      "",
      "See also: status, doctor"
    })
final class DiskCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Mixin private Printing printing = new Printing();

  DiskCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    Operations host = operations.get();
    DiskUsage usage = host.disk(host.settings(options.config()));
    terminal.print(
        printing.isJson() ? DiskJson.text(usage) : DiskText.of(usage, terminal.outPaint()));
    return (usage.isWhole() ? ExitCode.OK : ExitCode.ERROR).number();
  }
}
