package dev.fjord.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.report.Harmless;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateTest {
  @TempDir private Path folder;

  @Test
  void what_init_writes_is_valid() {
    Path site = folder.resolve("site");
    CommandRun init = CommandRun.alone("init", site.toString());
    assertThat(init.err()).isEmpty();
    assertThat(init.exit()).isZero();
    assertThat(init.out()).contains("Next:").contains("fjord validate " + site);
    CommandRun validate = CommandRun.alone("validate", site.toString());
    assertThat(validate.err()).isEmpty();
    assertThat(validate.out()).isEqualTo("Valid: 1 host, 1 partner, 1 instance in 7 files.\n");
    assertThat(validate.exit()).isZero();
  }

  @Test
  void what_is_no_document_is_not_counted() throws Exception {
    init();
    String before = CommandRun.alone("validate", folder.toString()).out();
    write("NOTES.md", "# Notes\n");
    write("images/setup.sh", "#!/bin/sh\n");
    assertThat(CommandRun.alone("validate", folder.toString()).out()).isEqualTo(before);
  }

  @Test
  void init_writes_nothing_into_a_folder_that_holds_something() throws Exception {
    Files.writeString(folder.resolve("mine"), "");
    CommandRun init = CommandRun.alone("init", folder.toString());
    assertThat(init.exit()).isEqualTo(1);
    assertThat(init.err()).contains("[folder-not-empty]");
    assertThat(folder).isDirectoryContaining("glob:**/mine");
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void init_begins_a_repository_that_git_has_just_made() throws Exception {
    Files.createDirectory(folder.resolve(".git"));
    assertThat(CommandRun.alone("init", folder.toString()).exit()).isZero();
  }

  @Test
  void all_problems_are_told_with_their_places() throws Exception {
    init();
    write("partners/x.yaml", "apiVersion: fjord.dev/v1\nkind: Partner\n");
    write("kernels/uml.yaml", "no: {\n");
    CommandRun run = CommandRun.alone("validate", folder.toString());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("partners/x.yaml:").contains("kernels/uml.yaml:");
    CommandRun json = CommandRun.alone("validate", "--format", "json", folder.toString());
    assertThat(json.out()).contains("\"valid\" : false").contains("\"file\" : \"partners/x.yaml\"");
  }

  @Test
  void more_problems_than_anybody_reads_are_counted_and_fail_it_all_the_same() throws Exception {
    init();
    String fields =
        IntStream.range(0, 90).mapToObj(n -> "u" + n + ": 1\n").collect(Collectors.joining());
    write("partners/x.yaml", fields);
    for (int i = 0; i < 20; i++) {
      write("kernels/k%d.yaml".formatted(i), "kind: Kernel\n" + fields);
    }
    CommandRun run = CommandRun.alone("validate", folder.toString());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains("more problems of what concerns everybody: not shown [more-problems]")
        .endsWith("101 problems shown, and more.\n");
    CommandRun json = CommandRun.alone("validate", "--format", "json", folder.toString());
    assertThat(json.exit()).isEqualTo(1);
    assertThat(json.out()).contains("\"valid\" : false").contains("\"more-problems\"");
    assertThat(json.out().length()).isLessThan(100_000);
  }

  @Test
  void a_link_in_a_partners_folder_is_told_once() throws Exception {
    init();
    Files.createDirectories(folder.resolve("partners/x"));
    Files.createSymbolicLink(folder.resolve("partners/x/y.yaml"), Path.of("/etc/passwd"));
    CommandRun run = CommandRun.alone("validate", folder.toString());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).containsOnlyOnce("'partners/x/y.yaml' is not read");
  }

  @Test
  void hostile_yaml_is_harmless() throws Exception {
    init();
    write(
        "partners/x.yaml",
        """
        apiVersion: fjord.dev/v1
        kind: Partner
        metadata: {name: "a\\e[2Jb\\u202E\\nc"}
        "\\e]0;x\\a": "\\x9b31m"
        """);
    CommandRun run = CommandRun.alone("validate", folder.toString());
    assertThat(run.exit()).isEqualTo(1);
    Harmless.check(run.err());
    Harmless.check(CommandRun.alone("validate", "--format=json", folder.toString()).out());
  }

  @Test
  void a_folder_that_is_not_there_is_a_problem() {
    CommandRun run = CommandRun.alone("validate", folder.resolve("no").toString());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("[folder-missing]");
  }

  @Test
  void a_folder_and_a_repository_at_once_are_wrong_usage() {
    assertThat(CommandRun.alone("validate", "a", "--repository", "b").exit()).isEqualTo(64);
  }

  private void init() {
    assertThat(CommandRun.alone("init", folder.toString()).exit()).isZero();
  }

  private void write(String name, String content) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), content);
  }
}
