import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;

/**
 * Prints which test classes took longest, of the reports that Surefire and Failsafe leave. Run from
 * its source by the tool chain's JVM.
 */
final class SlowestTests {
  private static final int MOST = 10;

  private record Reported(String name, double seconds) {}

  private SlowestTests() {}

  /** Arguments: when the build began, and folders of reports. Older reports are another build's. */
  public static void main(String[] args) throws IOException {
    var began = Instant.parse(args[0]);
    var all = new ArrayList<Reported>();
    for (var folder : List.of(args).subList(1, args.length)) {
      for (var report : reports(Path.of(folder))) {
        if (!Files.getLastModifiedTime(report).toInstant().isBefore(began)) {
          read(report, all);
        }
      }
    }
    print(all);
  }

  private static List<Path> reports(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "TEST-*.xml")) {
      var reports = new ArrayList<Path>();
      files.forEach(reports::add);
      return reports;
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  private static void read(Path report, List<Reported> all) throws IOException {
    var factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    try (var in = Files.newInputStream(report)) {
      var xml = factory.createXMLStreamReader(in);
      xml.nextTag();
      // Some versions write thousands as English does.
      var time = xml.getAttributeValue(null, "time").replace(",", "");
      all.add(new Reported(xml.getAttributeValue(null, "name"), Double.parseDouble(time)));
    } catch (XMLStreamException | NullPointerException | NumberFormatException e) {
      // Of a test's JVM that was killed: its failure is Failsafe's to tell.
      System.out.println("no time can be read from " + report + ": " + e.getMessage());
    }
  }

  private static void print(List<Reported> all) {
    if (all.isEmpty()) {
      System.out.println("No test class has run.");
      return;
    }
    all.sort(Comparator.comparingDouble(Reported::seconds).reversed());
    var slowest = all.subList(0, Math.min(MOST, all.size()));
    var together = all.stream().mapToDouble(Reported::seconds).sum();
    System.out.printf(
        Locale.ROOT,
        "The slowest %d of %d test classes, which took %.1f s together:%n",
        slowest.size(),
        all.size(),
        together);
    for (var one : slowest) {
      System.out.printf(Locale.ROOT, "%8.1f s  %s%n", one.seconds(), one.name());
    }
  }
}
