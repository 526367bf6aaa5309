package dev.fjord.host.linux.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fjord.host.HostPort.Progress;
import dev.fjord.host.linux.Samples;
import dev.fjord.host.linux.build.KernelInstaller;
import dev.fjord.model.Digest;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.Source;
import dev.fjord.model.Upkeep;
import dev.fjord.model.Upkeep.Content;
import dev.fjord.plan.Kind;
import dev.fjord.plan.Step.Version;
import dev.fjord.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentCheckTest {
  private static final Digest DIGEST = Digest.ofText("a kernel");
  private static final Version UML = new Version(Kind.KERNEL, Samples.name("uml"), DIGEST);
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private ContentCheck check = new ContentCheck(layout);
  private Path place = Path.of("/nowhere");
  private Path note = Path.of("/nowhere");

  @BeforeEach
  void store() throws Exception {
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    check = new ContentCheck(layout);
    place = layout.kernel(UML.name(), DIGEST);
    note = layout.kernelNote(UML.name(), DIGEST, Layout.Note.VERDICT);
    var source = new Source.FileSource(Files.writeString(folder.resolve("linux"), "a kernel"));
    new KernelInstaller(layout, new KernelStore(layout), Clock.systemUTC())
        .store(ModelFixtures.kernel(UML.name(), source, DIGEST), Progress.SILENT);
  }

  @AfterEach
  void release() {
    Samples.release(folder);
  }

  @Test
  void finds_what_no_attribute_betrays() throws Exception {
    rot("a kerneX");
    assertThat(look()).as("no attribute betrays it").isEqualTo(Upkeep.WHOLE);

    assertThat(check.check(UML).content()).isEqualTo(Content.CHANGED);
    assertThat(look().content()).as("noted for every run").isEqualTo(Content.CHANGED);
    assertThat(look().found())
        .startsWith("sha256 found:  " + Digest.ofText("a kerneX") + " (" + place);
  }

  @Test
  void a_right_one_stays_whole_and_is_due_a_period_later() {
    var before = Verdict.in(note).read();
    assertThat(check.check(UML)).isEqualTo(Upkeep.WHOLE);
    var read = Verdict.in(note).read();
    assertThat(read).isAfter(before);
    assertThat(check.nextDue(WEEK)).isEqualTo(read.plus(WEEK));
    assertThat(check.due(read.plus(WEEK).minusMillis(1), WEEK)).isEmpty();
    assertThat(check.due(read.plus(WEEK), WEEK)).containsExactly(UML);
    // Another agent, later: what was read is on the disk.
    assertThat(new ContentCheck(layout).nextDue(WEEK)).isEqualTo(read.plus(WEEK));
  }

  @Test
  void one_of_which_nothing_is_noted_is_due_at_once() throws Exception {
    Files.delete(note);
    assertThat(check.due(Instant.now(), WEEK)).containsExactly(UML);
    Files.writeString(note, "{");
    assertThat(check.due(Instant.now(), WEEK)).containsExactly(UML);
  }

  @Test
  void one_that_left_meanwhile_is_no_fault() {
    new Stores(layout, InstantSource.system()).remove(UML);
    assertThat(check.check(UML)).isNull();
    assertThat(layout.kernelFolder(UML.name(), DIGEST)).doesNotExist();
    assertThat(check.nextDue(WEEK)).isNull();
  }

  @Test
  void an_agent_that_ends_ends_it_and_nothing_is_noted() {
    var before = Verdict.in(note);
    Thread.currentThread().interrupt();
    var problem = catchThrowableOfType(ProblemException.class, () -> check.check(UML)).problem();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(problem.code()).isEqualTo("interrupted");
    assertThat(Verdict.in(note)).isEqualTo(before);
  }

  /** As a disk does it: other bytes, and nobody wrote. */
  private void rot(String bytes) throws Exception {
    var was = Verdict.in(note);
    ImmutableFlag.change(place, false);
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(place, bytes);
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setLastModifiedTime(place, FileTime.from(PinnedFile.MODIFIED));
    ImmutableFlag.change(place, was.immutable());
    new Verdict(DIGEST, Fingerprint.of(place), was.immutable(), was.read()).keepIn(note);
  }

  private Upkeep look() {
    return new KernelStore(layout).observe().value().get(0).upkeep();
  }
}
