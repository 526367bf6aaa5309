package dev.fjord.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A whole command, from the shell's point of view, with and without the class cache. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 15)
public class StartBenchmark {
  private static final Path HOME = Path.of("target/fjord").toAbsolutePath();

  @Param({"on", "off"})
  String cache;

  @Benchmark
  public void version() throws Exception {
    run("--version");
  }

  @Benchmark
  public void validate() throws Exception {
    run("validate", HOME.resolve("share/examples/slart").toString());
  }

  private void run(String... words) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(HOME.resolve("bin/fjord").toString()));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).redirectOutput(Redirect.DISCARD);
    builder.environment().put("FJORD_CACHE", cache);
    builder.environment().put("FJORD_JAVA_HOME", System.getProperty("java.home"));
    if (builder.start().waitFor() != 0) {
      throw new IllegalStateException(command + " failed");
    }
  }
}
