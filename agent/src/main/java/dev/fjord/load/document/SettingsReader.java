package dev.fjord.load.document;

import dev.fjord.model.AgentSettings;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Printable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the agent's settings. */
public final class SettingsReader {
  private static final String STATE = "/var/lib/fjord";
  private static final String RUN = "/run/fjord";
  private static final Duration POLL = Duration.ofSeconds(30);
  private static final Duration READY = Duration.ofSeconds(90);
  private static final String OFF = "off";
  private static final Duration STOP = Duration.ofSeconds(30);

  private SettingsReader() {}

  /** Returns null when a setting is wrong; which one has been reported. */
  public static @Nullable AgentSettings read(Part settings, String machineName) {
    String repository = settings.field("repository").text();
    ResourceName host = host(settings.field("host"), machineName);
    Layout layout = layout(settings.field("stateDirectory"), settings.field("runDirectory"));
    Part ssh = settings.field("ssh");
    String branch = settings.field("branch").text();
    Path identity = ssh.field("identity").read(SettingsReader::path);
    Path knownHosts = ssh.field("knownHosts").read(SettingsReader::path);
    Path hostsFile = settings.field("hostsFile").read(SettingsReader::path);
    if (repository == null || host == null || layout == null) {
      return null;
    }
    return new AgentSettings(
        repository,
        branch == null ? "main" : branch,
        host,
        layout,
        duration(settings.field("poll"), POLL),
        identity,
        knownHosts,
        duration(settings.field("readyTimeout"), READY),
        duration(settings.field("stopTimeout"), STOP),
        duration(settings.field("verify"), AgentSettings.VERIFY),
        OFF.equals(settings.field("watch").text())
            ? null
            : duration(settings.field("watch"), AgentSettings.WATCH),
        hostsFile,
        SignersReader.signers(settings.field("signers")));
  }

  private static @Nullable ResourceName host(Part part, String machineName) {
    if (part.isGiven()) {
      return part.read(ResourceName::parse);
    }
    String label = machineName.split("\\.", 2)[0].toLowerCase(Locale.ROOT);
    if (label.matches(ResourceName.PATTERN)) {
      return new ResourceName(label);
    }
    part.report(
        "missing-field",
        "this machine is called " + Printable.quote(machineName) + ", which no Host can be called",
        "write host: and the name of its Host");
    return null;
  }

  /** Each directory is tried beside the other's default, so that each has its own problem. */
  private static @Nullable Layout layout(Part state, Part run) {
    Path states = directory(state, STATE, path -> Layout.of(path, RUN).state());
    Path runs = directory(run, RUN, path -> Layout.of(STATE, path).run());
    return states == null || runs == null ? null : new Layout(states, runs);
  }

  private static @Nullable Path directory(
      Part part, String otherwise, Function<String, Path> parse) {
    return part.isGiven() ? part.read(parse) : Path.of(otherwise);
  }

  private static Path path(String text) {
    Path path = Path.of(text);
    if (!path.isAbsolute() || !path.normalize().equals(path)) {
      throw new IllegalArgumentException(
          Printable.quote(text) + " is not an absolute path without '..'");
    }
    return path;
  }

  private static Duration duration(Part part, Duration otherwise) {
    Duration duration = part.read(Durations::parse);
    return duration == null ? otherwise : duration;
  }
}
