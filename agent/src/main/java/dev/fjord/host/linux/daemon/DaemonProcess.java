package dev.fjord.host.linux.daemon;

import dev.fjord.host.linux.uml.KernelProcess;
import dev.fjord.model.ObservedDaemon.Kind;
import dev.fjord.model.ResourceName;
import java.util.List;

/**
 * A daemon that runs.
 *
 * @param words as it was started, with the program's path
 */
record DaemonProcess(
    Kind kind, ResourceName network, KernelProcess process, int uid, List<String> words) {
  DaemonProcess {
    words = List.copyOf(words);
  }

  List<String> arguments() {
    return words.subList(1, words.size());
  }
}
