package dev.fjord.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowestTestsTest {
  private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private Path folder;

  @Test
  void names_the_slowest_ten_of_both_kinds_and_none_of_an_earlier_build() throws Exception {
    for (var number = 1; number <= 9; number++) {
      report(
          "surefire/TEST-Number" + number + "Test.xml", "Number" + number + "Test", "0." + number);
    }
    report("failsafe/TEST-LongIT.xml", "LongIT", "1,234.5");
    report("failsafe/TEST-ShortIT.xml", "ShortIT", "12");
    var stale = report("failsafe/TEST-GoneIT.xml", "GoneIT", "999");
    Files.setLastModifiedTime(stale, FileTime.from(BEGAN.minusSeconds(1)));
    var cut = Files.writeString(folder.resolve("failsafe/TEST-CutIT.xml"), "<testsuite name=");

    assertThat(printed())
        .contains("no time can be read from " + cut)
        .endsWith(
            """
            The slowest 10 of 11 test classes, which took 1251.0 s together:
              1234.5 s  LongIT
                12.0 s  ShortIT
                 0.9 s  Number9Test
                 0.8 s  Number8Test
                 0.7 s  Number7Test
                 0.6 s  Number6Test
                 0.5 s  Number5Test
                 0.4 s  Number4Test
                 0.3 s  Number3Test
                 0.2 s  Number2Test
            """);
  }

  @Test
  void says_so_when_there_was_no_test() throws Exception {
    assertThat(printed()).isEqualTo("No test class has run.\n");
  }

  private Path report(String file, String name, String seconds) throws Exception {
    var report = folder.resolve(file);
    Files.createDirectories(report.getParent());
    return Files.writeString(
        report,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="%s" time="%s"
            tests="1"><testcase name="one" time="0.1"/></testsuite>
        """
            .formatted(name, seconds));
  }

  private String printed() throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "src/build/java/SlowestTests.java",
                BEGAN.toString(),
                folder.resolve("surefire").toString(),
                folder.resolve("failsafe").toString())
            .redirectErrorStream(true)
            .start();
    var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return printed;
  }
}
