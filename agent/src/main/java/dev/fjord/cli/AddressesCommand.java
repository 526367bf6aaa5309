package dev.fjord.cli;

import dev.fjord.app.ExitCode;
import dev.fjord.app.Operations;
import dev.fjord.model.Desired;
import dev.fjord.model.Observed;
import dev.fjord.plan.AddressMap;
import dev.fjord.planner.address.AddressUses;
import dev.fjord.reconcile.RunResult;
import dev.fjord.report.AddressesJson;
import dev.fjord.report.AddressesText;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fjord addresses}. */
@Command(
    name = "addresses",
    mixinStandardHelpOptions = true,
    description = {
      "Tells who has which address of every switch, and which are free.",
      "",
      "An instance keeps its address for good. In the trash it keeps it for the site's quarantine"
          + " ('addresses.quarantine' of fjord.yaml, 7 days), and an address that it moved away"
          + " from is leased to nobody else for as long; after that, what is free otherwise is"
          + " leased first. 'named' is what a document asks for and nobody has yet.",
      "",
      "It looks at the newest commit and at the host, and changes nothing."
    },
    footer = {
      "",
      "Examples:",
      "  sudo fjord addresses",
      "  sudo fjord addresses --repository .",
      "  sudo fjord addresses --format json | jq '.switches[] | {name, free}'",
      "",
      "See also: status, plan"
    })
final class AddressesCommand implements Callable<Integer> {
  private final GlobalOptions options;
  private final Terminal terminal;
  private final Supplier<Operations> operations;

  @Mixin private Choice choice = new Choice();

  @Mixin private Printing printing = new Printing();

  AddressesCommand(GlobalOptions options, Terminal terminal, Supplier<Operations> operations) {
    this.options = options;
    this.terminal = terminal;
    this.operations = operations;
  }

  @Override
  public Integer call() {
    Operations host = operations.get();
    RunResult result = host.preview(host.settings(options.config()), choice.selection());
    Desired desired = result.desired();
    Observed observed = result.observed();
    if (desired == null || observed == null) {
      terminal.print(result.problems());
      return ExitCode.ERROR.number();
    }
    AddressMap map = AddressUses.map(desired, observed);
    terminal.print(
        printing.isJson() ? AddressesJson.text(map) : AddressesText.of(map, terminal.outPaint()));
    return ExitCode.OK.number();
  }
}
