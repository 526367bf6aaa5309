package dev.fjord.plan;

import dev.fjord.model.Instance;
import dev.fjord.model.InstanceRecord;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;

/** What holds an address or a disk: an instance, whether it is in the trash or not. */
public record Holder(ResourceName name, Owner owner) {
  /** The holder that an instance of this record is. */
  public static Holder of(InstanceRecord record) {
    return new Holder(record.name(), record.owner());
  }

  /** The holder that an instance of this document is. */
  public static Holder of(Instance instance) {
    return new Holder(instance.name(), instance.owner());
  }

  @Override
  public String toString() {
    return "instance " + name + " of " + owner;
  }
}
