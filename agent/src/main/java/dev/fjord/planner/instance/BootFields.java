package dev.fjord.planner.instance;

import dev.fjord.model.ByteSize;
import dev.fjord.model.KernelCommandLine;
import dev.fjord.model.KernelInvocation;
import dev.fjord.model.Layout;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Switch;
import dev.fjord.plan.FieldChange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a command line says, field by field, in the words of the YAML. Only what an instance's
 * document decides is looked at, so that a newer agent that words a command line differently
 * restarts no machine.
 */
final class BootFields {
  /** {@code [ADDRESS]::[GATEWAY]:PREFIX:HOSTNAME:DEVICE:none}. */
  private static final Pattern IPV6 =
      Pattern.compile("\\[([^]]*)\\]::(?:\\[([^]]*)\\])?:([0-9]+):[^:]*:([^:]*):.*");

  private static final Pattern DISK = Pattern.compile("ubd[0-9]+d?");
  private static final Pattern READ_ONLY = Pattern.compile("ubd[0-9]+rd");
  private static final Pattern VERSION = Pattern.compile("([^/@]+)@([0-9a-f]{12})");
  private static final Pattern VECTOR = Pattern.compile("vec[0-9]+:transport");
  private static final Pattern DAEMON = Pattern.compile("eth[0-9]+");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SUFFIX = Pattern.compile("(\\.[0-9]+)?\\.img$");
  private static final Pattern MTU = Pattern.compile(",mtu=([0-9]{1,5})$");
  private static final String MTU_FIELD = ".mtu";

  /** The field of an interface with what it has beside its first addresses. */
  static final String ADDRESSES = ".addresses";

  /** The field with what {@code nameserver=} says. */
  static final String NAME_SERVERS = "nameservers";

  /** The field with the domain that a guest looks for names in. */
  static final String SEARCHED = "domain";

  /** The field with the guest's time zone. */
  static final String TIME_ZONE = "timeZone";

  /** The prefix of the fields with the versions of images that instances share. */
  static final String SHARED = "shared.";

  private static final String DOMAIN = "network.search_domains:";

  private BootFields() {}

  /** The fields in which a running kernel differs from what it should be. */
  static List<FieldChange> changes(Map<String, String> from, Map<String, String> to) {
    TreeSet<String> paths = new TreeSet<>(from.keySet());
    paths.addAll(to.keySet());
    List<FieldChange> changes = new ArrayList<>();
    for (String path : paths) {
      if (!Objects.equals(from.get(path), to.get(path)) && !isSmaller(path, from, to)) {
        changes.add(new FieldChange(path, from.get(path), to.get(path)));
      }
    }
    return changes;
  }

  /**
   * A guest that sends smaller packets than may pass does no harm, and learns of it at its next
   * start: no machine is ended only because its host's uplink carries larger ones now.
   */
  private static boolean isSmaller(String path, Map<String, String> from, Map<String, String> to) {
    return path.endsWith(MTU_FIELD)
        && (from.get(path) == null
            || to.get(path) == null
            || Integer.parseInt(from.get(path)) < Integer.parseInt(to.get(path)));
  }

  /**
   * Reads the fields of a command line.
   *
   * @param swap the size of the swap file, which no command line holds
   */
  static Map<String, String> of(
      KernelInvocation boot, ByteSize swap, Map<ResourceName, ByteSize> volumes) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("kernel", version(boot.binary().getParent()));
    for (String word : boot.arguments()) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? word : word.substring(0, equals);
      String value = equals < 0 ? "" : word.substring(equals + 1);
      if (key.equals("mem")) {
        fields.put("memory", memory(value));
      } else if (key.equals("ubd0")) {
        root(fields, value);
      } else if (READ_ONLY.matcher(key).matches()) {
        shared(fields, Path.of(value));
      } else if (DISK.matcher(key).matches()) {
        disk(fields, Path.of(value), swap, volumes);
      } else if (key.equals("ip")) {
        address(fields, value);
      } else if (VECTOR.matcher(key).matches()) {
        String network = "network." + key.substring(3, key.indexOf(':'));
        Matcher mtu = MTU.matcher(value);
        fields.put(network + ".port", mtu.replaceFirst(""));
        fields.put(network + MTU_FIELD, mtu.find(0) ? mtu.group(1) : Switch.USUAL_MTU + "");
      } else if (DAEMON.matcher(key).matches()) {
        fields.put("network." + key.substring(3) + ".port", value);
      } else if (key.equals("nameserver")) {
        fields.merge(NAME_SERVERS, value, (all, one) -> all + ", " + one);
      } else if (key.equals("systemd.set_credential") && value.startsWith(DOMAIN)) {
        fields.put(SEARCHED, value.substring(DOMAIN.length()));
      } else if (key.equals(KernelCommandLine.TIME_ZONE)) {
        fields.put(TIME_ZONE, value);
      } else if (key.equals(KernelCommandLine.MODULES)) {
        fields.put("modules", value.substring(value.indexOf(':') + 1).replace(",", ", "));
      } else if (key.equals("systemd.hostname")) {
        fields.put("hostname", value);
      } else if (key.equals("systemd.set_credential_binary")) {
        fields.put("authorizedKeys", keys(value));
      }
    }
    return fields;
  }

  private static String memory(String value) {
    try {
      return ByteSize.parse(value.replaceAll("([KMG])$", "$1iB")).toString();
    } catch (IllegalArgumentException writtenBySomebodyElse) {
      return value;
    }
  }

  /** {@code …/NAME/SHA256[/file]} is shown as {@code NAME@} and the first digits. */
  private static String version(@Nullable Path path) {
    if (path == null || path.getFileName() == null || path.getParent() == null) {
      return String.valueOf(path);
    }
    String digest = SUFFIX.matcher(path.getFileName().toString()).replaceFirst("");
    return SHA256.matcher(digest).matches()
        ? path.getParent().getFileName() + "@" + digest.substring(0, 12)
        : path.toString();
  }

  private static void root(Map<String, String> fields, String value) {
    int comma = value.indexOf(',');
    if (comma < 0) {
      fields.put("image", value);
      return;
    }
    Path image = Path.of(value.substring(comma + 1));
    ByteSize wide = Layout.wideSize(image);
    fields.put("image", version(image));
    if (wide != null) {
      fields.put("root", wide.toString());
    }
  }

  /** The disk with its kernel's modules follows from others. */
  private static void shared(Map<String, String> fields, Path image) {
    Matcher version = VERSION.matcher(version(image));
    if (version.matches()) {
      fields.put(SHARED + version.group(1), version.group(2));
    }
  }

  private static void disk(
      Map<String, String> fields, Path path, ByteSize swap, Map<ResourceName, ByteSize> volumes) {
    String file = String.valueOf(path.getFileName());
    if (file.equals("swap.img")) {
      fields.put("swap", swap.toString());
      return;
    }
    String name = file.replaceFirst("\\.img$", "");
    ByteSize size = name.matches(ResourceName.PATTERN) ? volumes.get(new ResourceName(name)) : null;
    fields.put("volumes." + name, size == null ? "gone" : size.toString());
  }

  private static void address(Map<String, String> fields, String value) {
    if (value.startsWith("[")) {
      ipv6(fields, value);
      return;
    }
    String[] parts = value.split(":", -1);
    String device = device(parts.length > 5 ? parts[5] : "?");
    if (fields.containsKey(device + ".address")) {
      further(fields, device, parts[0]);
      return;
    }
    fields.put(device + ".address", parts[0]);
    fields.put(device + ".netmask", parts.length > 3 ? parts[3] : "");
    fields.put(device + ".gateway", parts.length > 2 ? parts[2] : "");
  }

  private static void ipv6(Map<String, String> fields, String value) {
    Matcher form = IPV6.matcher(value);
    if (form.matches()) {
      String device = device(form.group(4));
      if (fields.containsKey(device + ".address6")) {
        further(fields, device, form.group(1));
        return;
      }
      fields.put(device + ".address6", form.group(1) + "/" + form.group(3));
      fields.put(device + ".gateway6", form.group(2) == null ? "" : form.group(2));
    }
  }

  private static void further(Map<String, String> fields, String device, String address) {
    fields.merge(device + ADDRESSES, address, (all, one) -> all + ", " + one);
  }

  private static String device(String name) {
    return "network." + name.replaceFirst("^(vec|eth)", "");
  }

  private static String keys(String value) {
    String base64 = value.substring(value.indexOf(':') + 1);
    try {
      String lines = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      return String.join(", ", lines.strip().split("\n"));
    } catch (IllegalArgumentException writtenBySomebodyElse) {
      return value;
    }
  }
}
