package dev.fjord.plan;

import dev.fjord.model.AuthorizedKey;
import dev.fjord.model.ByteSize;
import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Lease;
import dev.fjord.model.Nic;
import dev.fjord.model.Volume;
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
    for (Volume volume : instance.volumes()) {
      fields.put("volumes." + volume.name(), volume.size().toString());
    }
    for (int i = 0; i < record.leases().size(); i++) {
      Lease lease = record.leases().get(i);
      fields.put("network." + i + ".address", lease.address().toString());
      fields.put("network." + i + ".switch", lease.network().toString());
      Nic nic = instance.network().get(i);
      if (nic.rate() != null) {
        fields.put("network." + i + ".rate", nic.rate().toString());
      }
      if (!nic.ports().isEmpty()) {
        fields.put("network." + i + ".ports", nic.ports().toString());
      }
    }
    return fields;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
