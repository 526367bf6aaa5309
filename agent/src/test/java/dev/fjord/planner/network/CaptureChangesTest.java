package dev.fjord.planner.network;

import static dev.fjord.planner.Worlds.instance;
import static dev.fjord.planner.Worlds.name;
import static dev.fjord.planner.Worlds.site;
import static dev.fjord.planner.Worlds.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.apply.Applier;
import dev.fjord.apply.ApplyListener;
import dev.fjord.host.simulated.SimulatedHost;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.Desired;
import dev.fjord.model.Instance;
import dev.fjord.model.ObservedDaemon;
import dev.fjord.model.Power;
import dev.fjord.plan.Cause;
import dev.fjord.plan.Change;
import dev.fjord.plan.Disruption;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Plan;
import dev.fjord.planner.Edited;
import dev.fjord.planner.Planner;
import dev.fjord.planner.Worlds;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the traffic of an instance is kept. */
class CaptureChangesTest {
  private static final Capture USUAL = new Capture(null, Capture.USUAL_FILES, Capture.USUAL_SIZE);

  private final SimulatedHost host = new SimulatedHost(Worlds.LAYOUT);
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  @Test
  void it_begins_with_the_machine_and_is_no_change_of_its_own() throws Exception {
    Plan plan = plan(site(captured(USUAL)));
    assertThat(plan.changes()).noneMatch(change -> change.kind() == Kind.DAEMON);

    apply(plan);

    assertThat(daemon().runs()).isTrue();
    assertThat(plan(site(captured(USUAL))).changes()).isEmpty();
  }

  @Test
  void for_a_machine_that_runs_it_begins_and_ends_without_a_restart() throws Exception {
    apply(plan(site(captured(null))));

    Plan begins = plan(site(captured(USUAL)));
    assertThat(begins.changes())
        .extracting(Change::id)
        .containsExactly("start/daemon/pot/tcpdump", "update/instance/pot");
    assertThat(begins.changes()).allMatch(change -> change.disruption() == Disruption.NONE);
    apply(begins);
    assertThat(daemon().runs()).isTrue();

    Plan other = plan(site(captured(new Capture(null, 4, ByteSize.mib(1)))));
    assertThat(other.changes())
        .extracting(Change::id)
        .containsExactly("restart/daemon/pot/tcpdump", "update/instance/pot");
    apply(other);

    Plan ends = plan(site(captured(null)));
    assertThat(ends.changes())
        .extracting(Change::id)
        .containsExactly("delete/daemon/pot/tcpdump", "update/instance/pot");
    apply(ends);
    assertThat(plan(site(captured(null))).changes()).isEmpty();
  }

  @Test
  void one_that_ended_by_itself_begins_again() throws Exception {
    apply(plan(site(captured(USUAL))));
    host.kill(ObservedDaemon.Kind.CAPTURE, name("pot"));

    Plan plan = plan(site(captured(USUAL)));

    assertThat(plan.changes())
        .singleElement()
        .satisfies(change -> {
          assertThat(change.id()).isEqualTo("start/daemon/pot/tcpdump");
          assertThat(change.cause()).isEqualTo(Cause.CORRECTIVE);
          assertThat(change.reason()).isEqualTo("tcpdump: it no longer runs");
        });
  }

  @Test
  void with_a_machine_that_stops_or_leaves_nothing_is_left_to_do() throws Exception {
    apply(plan(site(captured(USUAL))));
    Desired stopped = site(Edited.power(captured(USUAL), Power.STOPPED));
    apply(plan(stopped));
    assertThat(plan(stopped).changes()).isEmpty();
    apply(plan(site(captured(USUAL))));
    apply(plan(site()));
    assertThat(plan(site()).changes()).isEmpty();
  }

  @Test
  void what_is_read_is_the_port_of_the_interface_that_was_asked_for() throws Exception {
    apply(plan(site(captured(new Capture(name("lan"), 8, ByteSize.mib(10))))));
    Plan plan = plan(site(captured(USUAL)));
    assertThat(plan.changes())
        .as("the first interface is that one")
        .noneMatch(change -> change.kind() == Kind.DAEMON);
    var record = host.observe().instances().get(0).record();
    var line = DaemonLine.ofCapture(record, Worlds.LAYOUT, site().switches(), 4711);
    assertThat(line.arguments())
        .containsExactly(
            "-i",
            record.leases().get(0).tap().value(),
            "-p",
            "-n",
            "-U",
            "-w",
            "/var/lib/fjord/instances/pot/capture/lan.pcap",
            "-C",
            "10",
            "-W",
            "4");
  }

  private static Instance captured(@Nullable Capture capture) {
    return Edited.capture(instance("pot", ""), capture);
  }

  private ObservedDaemon daemon() {
    return host.observe().daemon(ObservedDaemon.Kind.CAPTURE, name("pot"));
  }

  private Plan plan(Desired desired) {
    return Planner.plan(desired, List.of(), host.observe(), target("2", 0));
  }

  private void apply(Plan plan) throws InterruptedException {
    new Applier(host, threads, () -> false).apply(plan, ApplyListener.NONE);
  }
}
