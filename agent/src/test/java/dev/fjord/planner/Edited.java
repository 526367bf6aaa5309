package dev.fjord.planner;

import dev.fjord.model.ByteSize;
import dev.fjord.model.Capture;
import dev.fjord.model.CpuShare;
import dev.fjord.model.GuestSettings;
import dev.fjord.model.Health;
import dev.fjord.model.ImageChangePolicy;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.Instance;
import dev.fjord.model.Nic;
import dev.fjord.model.Power;
import dev.fjord.model.RestartPolicy;
import dev.fjord.model.StartOrder;
import dev.fjord.problem.Location;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An instance with something else in its document. */
public final class Edited {
  private final Instance i;
  private ByteSize memory;
  private ByteSize swap;
  private Power power;
  private ImageChangePolicy onImageChange;
  private RestartPolicy restart;
  private Health health;
  private CpuShare cpu;
  private StartOrder start;
  private GuestSettings guest;
  private List<ImageVersion> shared;
  private @Nullable Capture capture;
  private @Nullable Location where;

  private Edited(Instance i) {
    this.i = i;
    memory = i.memory();
    swap = i.swap();
    power = i.power();
    onImageChange = i.onImageChange();
    restart = i.restart();
    health = i.health();
    cpu = i.cpu();
    start = i.start();
    guest = i.guest();
    shared = i.shared();
    capture = i.capture();
    where = i.where();
  }

  public static Instance memory(Instance i, long mib) {
    return of(i, edited -> edited.memory = ByteSize.mib(mib));
  }

  public static Instance swap(Instance i, ByteSize swap) {
    return of(i, edited -> edited.swap = swap);
  }

  public static Instance network(Instance i, Nic... nics) {
    return i.withNetwork(List.of(nics));
  }

  public static Instance power(Instance i, Power power) {
    return of(i, edited -> edited.power = power);
  }

  public static Instance onImageChange(Instance i, ImageChangePolicy policy) {
    return of(i, edited -> edited.onImageChange = policy);
  }

  public static Instance restart(Instance i, RestartPolicy policy) {
    return of(i, edited -> edited.restart = policy);
  }

  public static Instance cpu(Instance i, CpuShare cpu) {
    return of(i, edited -> edited.cpu = cpu);
  }

  public static Instance health(Instance i, Health health) {
    return of(i, edited -> edited.health = health);
  }

  public static Instance start(Instance i, StartOrder start) {
    return of(i, edited -> edited.start = start);
  }

  public static Instance guest(Instance i, GuestSettings guest) {
    return of(i, edited -> edited.guest = guest);
  }

  public static Instance shared(Instance i, List<ImageVersion> shared) {
    return of(i, edited -> edited.shared = shared);
  }

  public static Instance capture(Instance i, @Nullable Capture capture) {
    return of(i, edited -> edited.capture = capture);
  }

  public static Instance at(Instance i, Location where) {
    return of(i, edited -> edited.where = where);
  }

  private static Instance of(Instance i, Consumer<Edited> edit) {
    var edited = new Edited(i);
    edit.accept(edited);
    return edited.instance();
  }

  private Instance instance() {
    return new Instance(
        i.name(),
        i.owner(),
        i.host(),
        i.image(),
        i.kernel(),
        memory,
        swap,
        i.volumes(),
        i.network(),
        power,
        start,
        i.hostname(),
        i.keys(),
        onImageChange,
        restart,
        i.root(),
        health,
        cpu,
        guest,
        shared,
        capture,
        where);
  }
}
