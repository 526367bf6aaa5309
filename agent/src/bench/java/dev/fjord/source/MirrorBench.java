package dev.fjord.source;

import dev.fjord.load.SignaturePolicies;
import dev.fjord.model.AgentSettings;
import dev.fjord.model.Layout;
import dev.fjord.model.ModelFixtures;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import dev.fjord.source.tree.RevisionTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * How long the steps of one look at a repository of 10,000 files take. Not a test: figures depend
 * on the machine. Run it with the classes of main and test:
 *
 * <pre>mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/cp -pl agent
 * CP=agent/target/classes:agent/target/test-classes:$(cat agent/target/cp)
 * javac -d agent/target/bench -cp $CP agent/src/bench/java/dev/fjord/source/MirrorBench.java
 * java -cp agent/target/bench:$CP dev.fjord.source.MirrorBench</pre>
 */
public final class MirrorBench {
  private static final int FILES = 10_000;
  private static final int RUNS = 21;

  private MirrorBench() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("fjord-bench-");
    try (Upstream upstream = new Upstream(folder.resolve("upstream.git"))) {
      Map<String, String> files = new HashMap<>();
      for (int i = 0; i < FILES; i++) {
        files.put("partners/p" + i % 100 + "/i" + i + ".yaml", "kind: Instance\nname: i" + i);
      }
      String[] tip = {upstream.commit("first", files)};
      upstream.push("main", tip[0]);
      try (Mirror mirror = Mirror.open(settings(folder, upstream), SignaturePolicies::read)) {
        time("first fetch", 1, mirror::fetch);
        time("fetch, nothing new", RUNS, mirror::fetch);
        Revision first = Objects.requireNonNull(mirror.accepted());
        time("list all, cold", 1, () -> mirror.tree(first));
        time("list all, the same again", RUNS, () -> mirror.tree(first));
        time("read all", 5, () -> readAll(mirror.tree(first)));
        int[] run = {0};
        time(
            "commit and fetch one changed file",
            RUNS,
            () -> {
              files.put("partners/p1/i1.yaml", "changed " + run[0]++);
              tip[0] = upstream.commit("next", files, tip[0]);
              upstream.push("main", tip[0]);
              long start = System.nanoTime();
              Revision next = Objects.requireNonNull(mirror.fetch().chosen());
              long fetched = System.nanoTime();
              mirror.tree(next);
              long listed = System.nanoTime();
              System.out.printf(
                  "  fetch %.1f ms, list %.1f ms%n",
                  (fetched - start) / 1e6, (listed - fetched) / 1e6);
              return next;
            });
      }
    } finally {
      MirrorLeftovers.remove(folder);
    }
  }

  private static int readAll(RevisionTree tree) {
    int bytes = 0;
    for (Tree.File file : tree.files()) {
      bytes += tree.read(file, 1 << 20).length;
    }
    return bytes;
  }

  private static void time(String what, int runs, Callable<?> work) throws Exception {
    long[] nanos = new long[runs];
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      work.call();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%-36s min %8.1f  median %8.1f  max %8.1f ms%n",
        what, nanos[0] / 1e6, nanos[runs / 2] / 1e6, nanos[runs - 1] / 1e6);
  }

  private static AgentSettings settings(Path folder, Upstream upstream) {
    return ModelFixtures.agentSettings(
        upstream.folder().toString(),
        "main",
        new ResourceName("slart"),
        Layout.of(folder.resolve("state").toString(), "/run/fjord"),
        Duration.ofSeconds(30),
        null,
        null,
        Duration.ofSeconds(30),
        Duration.ofSeconds(30));
  }
}
