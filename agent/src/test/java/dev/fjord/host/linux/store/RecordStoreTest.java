package dev.fjord.host.linux.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.host.linux.Samples;
import dev.fjord.json.ModelJson;
import dev.fjord.model.ByteSize;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Layout;
import dev.fjord.problem.Checked;
import dev.fjord.problem.ProblemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordStoreTest {
  private final InstanceRecord linda = Samples.record("linda", ByteSize.mib(1));
  private final InstanceRecord bob = Samples.record("bob", ByteSize.ZERO);

  @TempDir Path folder;
  private Layout layout = Samples.NOWHERE;
  private RecordStore records = new RecordStore(layout);

  @BeforeEach
  void open() throws Exception {
    layout = Layout.of(folder.resolve("state").toString(), "/run/fjord-test");
    records = new RecordStore(layout);
    for (var record : new InstanceRecord[] {linda, bob}) {
      Files.createDirectories(layout.instance(record.name()));
      records.write(record);
    }
  }

  @Test
  void reads_what_was_written() {
    var all = records.readAll();
    assertThat(all.problems()).isEmpty();
    assertThat(all.orThrow()).hasSize(2);
    assertThat(all.orThrow()).containsEntry(linda.name(), Checked.of(linda));
    assertThat(all.orThrow()).containsEntry(bob.name(), Checked.of(bob));
  }

  @Test
  void nothing_is_there_at_first() {
    var empty = new RecordStore(Samples.NOWHERE).readAll();
    assertThat(empty.value()).isEmpty();
    assertThat(empty.problems()).isEmpty();
  }

  @Test
  void a_lost_record_comes_from_its_copy_and_says_so() throws Exception {
    Files.delete(layout.record(linda.name()));
    var read = records.read(linda.name());
    assertThat(read.value()).isEqualTo(linda);
    var problem = read.problems().get(0);
    assertThat(problem.summary()).isEqualTo("the record of linda was taken from its second copy");
    assertThat(problem.detail())
        .contains("instance.json could not be read")
        .contains("NoSuchFileException");
    assertThat(problem.hint())
        .isEqualTo("Both are written anew with the next change of the instance.");
  }

  @Test
  void a_torn_record_comes_from_its_copy() throws Exception {
    for (var torn : new String[] {"", "{", "{}", "null", "[]", "{\"uid\":1}", "\0\0\0"}) {
      Files.writeString(layout.record(linda.name()), torn);
      assertThat(records.read(linda.name()).value()).as("for '%s'", torn).isEqualTo(linda);
      assertThat(records.read(linda.name()).problems()).hasSize(1);
    }
  }

  @Test
  void a_record_without_an_identity_is_unreadable() throws Exception {
    var json = Files.readString(layout.record(linda.name()));
    var without = json.replaceFirst("\"identity\"", "\"identitas\"");
    Files.writeString(layout.record(linda.name()), without);
    assertThat(
            records.readFrom(layout.record(linda.name()), linda.name()).problems().get(0).detail())
        .isEqualTo("it lacks identity, base, kernel or revision");
  }

  @Test
  void without_a_copy_either_it_is_a_problem_and_no_absence() throws Exception {
    Files.delete(layout.recordCopy(linda.name()));
    Files.writeString(layout.record(linda.name()), "{");
    assertThat(records.readAll().orThrow()).containsKey(linda.name());
    var read = records.read(linda.name());
    assertThat(read.value()).isNull();
    var problem = read.problems().get(0);
    assertThat(problem.code()).isEqualTo("record-unreadable");
    assertThat(problem.summary())
        .isEqualTo("the record " + layout.record(linda.name()) + " could not be read");
    assertThat(problem.detail()).contains("second copy: the record " + layout.recordCopies());
    assertThat(problem.hint()).startsWith("Nothing of this instance is touched.");
  }

  /** Neither passes for lost, and the second copy, which knows less, is not taken for the truth. */
  @Test
  void with_a_record_of_a_newer_version_nothing_is_known_and_nothing_written() throws Exception {
    for (var file : new Path[] {layout.record(linda.name()), layout.recordCopy(linda.name())}) {
      var saved = Files.readString(file);
      var newer = saved.replaceFirst("\"version\" : 1", "\"version\" : 2");
      Files.writeString(file, newer);
      var isBeside = file.equals(layout.record(linda.name()));
      for (ThrowingCallable attempt :
          isBeside
              ? List.<ThrowingCallable>of(
                  () -> records.readAll(),
                  () -> records.read(linda.name()),
                  () -> records.readFrom(file, linda.name()),
                  () -> records.write(linda))
              : List.<ThrowingCallable>of(
                  () -> records.write(linda), () -> records.writeCopy(linda))) {
        assertThatThrownBy(attempt)
            .isInstanceOfSatisfying(
                ProblemException.class,
                e -> {
                  assertThat(e.problem().code()).isEqualTo("newer-file");
                  assertThat(e.problem().summary())
                      .isEqualTo(file + " was written by a newer version of fjord than this one");
                  assertThat(e.problem().hint())
                      .isEqualTo(
                          "Nothing on this host is changed meanwhile, and what runs goes on."
                              + " Install the newer fjord again, or one that came after it.");
                });
      }
      assertThat(Files.readString(file)).isEqualTo(newer);
      Files.writeString(file, saved);
    }
    assertThat(records.readAll().orThrow()).containsEntry(linda.name(), Checked.of(linda));
  }

  @Test
  void another_instances_record_is_unreadable() throws Exception {
    Files.write(layout.record(linda.name()), ModelJson.write(bob));
    Files.delete(layout.recordCopy(linda.name()));
    assertThat(records.read(linda.name()).problems().get(0).detail())
        .startsWith("it is the record of bob, not of linda");
  }

  @Test
  void a_huge_record_is_not_read_to_its_end() throws Exception {
    try (var file = new java.io.RandomAccessFile(layout.record(linda.name()).toFile(), "rw")) {
      file.setLength(8L << 30);
    }
    Files.delete(layout.recordCopy(linda.name()));
    assertThat(records.read(linda.name()).problems().get(0).detail())
        .startsWith("it is longer than 1048576 bytes");
  }

  @Test
  void a_link_is_not_followed() throws Exception {
    var elsewhere = Files.write(folder.resolve("elsewhere"), ModelJson.write(linda));
    Files.delete(layout.record(linda.name()));
    Files.delete(layout.recordCopy(linda.name()));
    Files.createSymbolicLink(layout.record(linda.name()), elsewhere);
    assertThat(records.read(linda.name()).value()).isNull();
  }

  @Test
  void what_is_no_instance_is_told_and_left() throws Exception {
    var stranger = Files.createDirectory(layout.instances().resolve("Not A Name"));
    Files.createDirectory(layout.instances().resolve(".fjord-unfinished-eve"));
    var all = records.readAll();
    assertThat(all.orThrow()).hasSize(2);
    assertThat(all.problems()).hasSize(1);
    assertThat(all.problems().get(0).summary())
        .isEqualTo(stranger + " is no folder of an instance");
    assertThat(stranger).exists();
  }

  @Test
  void a_record_is_not_written_where_there_are_no_disks() {
    var eve = Samples.record("eve", ByteSize.ZERO);
    assertThatThrownBy(() -> records.write(eve))
        .hasMessage("instance eve has no folder " + layout.instance(eve.name()));
    assertThat(layout.instance(eve.name())).doesNotExist();
    assertThat(layout.recordCopy(eve.name())).doesNotExist();
  }

  @Test
  void a_copy_alone_is_no_instance() throws Exception {
    Files.delete(layout.record(linda.name()));
    Files.delete(layout.instance(linda.name()));
    assertThat(records.readAll().orThrow()).containsOnlyKeys(bob.name());
  }
}
