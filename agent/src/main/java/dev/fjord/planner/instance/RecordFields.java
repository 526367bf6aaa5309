package dev.fjord.planner.instance;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.CpuShare;
import dev.fjord.model.Health;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.PortForward;
import dev.fjord.model.Volume;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a record says, field by field, in the words of the YAML. */
final class RecordFields {
  private RecordFields() {}

  static Map<String, String> of(InstanceRecord record) {
    Instance instance = record.applied();
    Map<String, String> fields = new TreeMap<>();
    fields.put("image", instance.image() + "@" + record.base().brief());
    fields.put("kernel", instance.kernel() + "@" + record.kernel().brief());
    fields.put("memory", instance.memory().toString());
    fields.put("hostname", instance.hostname().toString());
    fields.put("power", word(instance.power()));
    fields.put("start.order", Integer.toString(instance.start().order()));
    fields.put("onImageChange", word(instance.onImageChange()));
    fields.put("restart", word(instance.restart()));
    if (!instance.start().after().isEmpty()) {
      fields.put("start.after", instance.start().after().toString());
    }
    if (!instance.swap().equals(ByteSize.ZERO)) {
      fields.put("swap", instance.swap().toString());
    }
    if (!instance.keys().isEmpty()) {
      fields.put(
          "authorizedKeys",
          instance.keys().stream().map(AuthorizedKey::line).collect(Collectors.joining(", ")));
    }
    if (instance.root() != null) {
      fields.put("root", instance.root().toString());
    }
    if (!instance.health().equals(Health.USUAL)) {
      fields.put("health", health(instance.health()));
    }
    if (!instance.cpu().equals(CpuShare.USUAL)) {
      fields.put("cpu", instance.cpu().toString());
    }
    if (instance.guest().timeZone() != null) {
      fields.put(BootFields.TIME_ZONE, instance.guest().timeZone());
    }
    if (!instance.guest().modules().isEmpty()) {
      fields.put("modules", String.join(", ", instance.guest().modules()));
    }
    if (instance.capture() != null) {
      fields.put("capture", instance.capture().toString());
    }
    for (ImageVersion version : instance.shared()) {
      fields.put(BootFields.SHARED + version.image(), version.digest().brief());
    }
    for (Volume volume : instance.volumes()) {
      fields.put("volumes." + volume.name(), volume.size().toString());
    }
    for (int i = 0; i < record.leases().size(); i++) {
      Lease lease = record.leases().get(i);
      fields.put("network." + i + ".address", lease.address().toString());
      fields.put("network." + i + ".switch", lease.network().toString());
      if (lease.address6() != null) {
        fields.put("network." + i + ".address6", lease.address6().toString());
      }
      if (!lease.further().isEmpty()) {
        fields.put("network." + i + BootFields.ADDRESSES, words(lease.further()));
      }
      Nic nic = record.nic(i);
      if (nic == null) {
        continue;
      }
      if (!nic.prefixes().isEmpty()) {
        fields.put("network." + i + ".prefixes", words(nic.prefixes()));
      }
      if (nic.rate() != null) {
        fields.put("network." + i + ".rate", nic.rate().toString());
      }
      if (nic.defaultRoute()) {
        fields.put("network." + i + ".defaultRoute", "true");
      }
      for (PortForward port : nic.ports()) {
        String which = word(port.protocol()) + port.host();
        fields.put("network." + i + ".ports." + which, Integer.toString(port.guest()));
      }
    }
    return fields;
  }

  private static String health(Health health) {
    return (health.tcp() == null ? "" : "tcp " + health.tcp())
        + (health.repair() ? "" : " without repair");
  }

  private static String words(List<?> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(", "));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
