package dev.fjord.load;

import dev.fjord.load.document.Document;
import dev.fjord.load.document.DocumentKind;
import dev.fjord.load.document.InstanceSpec;
import dev.fjord.load.document.Said;
import dev.fjord.load.document.SiteSpec;
import dev.fjord.load.document.Spec;
import dev.fjord.model.Displaced;
import dev.fjord.model.Host;
import dev.fjord.model.Image;
import dev.fjord.model.Kernel;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.problem.Location;
import dev.fjord.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All documents of a revision, by kind and name; of the faulty ones only the names. */
final class Catalogue {
  final Names names = new Names();
  final Map<ResourceName, Host> hosts = new TreeMap<>();
  final Map<ResourceName, Kernel> kernels = new TreeMap<>();
  final Map<ResourceName, Image> images = new TreeMap<>();

  /** The files of scripts that belong to images, until {@link PostInstallScripts} has read them. */
  final Map<ResourceName, Said<String>> scripts = new TreeMap<>();

  final Map<ResourceName, Spec.OfSwitch> switches = new TreeMap<>();
  final Map<ResourceName, Spec.OfPartner> partners = new TreeMap<>();
  final List<Claim> instances = new ArrayList<>();

  /** Documents that stand where they are not read as what they are; one at most without a name. */
  final List<Displaced> displaced = new ArrayList<>();

  /** Null when there is none, or none without faults. */
  @Nullable SiteSpec site;

  private final Map<DocumentKind, Map<ResourceName, Location>> places = new HashMap<>();
  private final Set<ResourceName> displacedPartners = new TreeSet<>();
  private final ProblemCollector problems;

  private Catalogue(ProblemCollector problems) {
    this.problems = problems;
  }

  /**
   * What the files say.
   *
   * @param unread folders in which there is more than the files
   */
  static Catalogue of(List<LoadedFile> files, Set<Folder> unread, ProblemCollector problems) {
    Catalogue catalogue = new Catalogue(problems);
    files.forEach(catalogue::add);
    unread.forEach(folder -> catalogue.names.addUnknown(folder.kind()));
    catalogue.requireSite(files, unread);
    catalogue.requirePartners(files);
    catalogue.holdMissingPartners(files, unread);
    return catalogue;
  }

  private void add(LoadedFile file) {
    Folder folder = file.folder();
    if (!file.complete() || folder.isNobodys()) {
      names.addUnknown(folder.kind());
    }
    for (Document document : file.documents()) {
      ResourceName name = document.name();
      if (name != null && document.kind() == folder.kind() && !folder.isNobodys()) {
        add(folder, document, name);
      } else if (name != null) {
        // What is misplaced has been reported, and stands for nothing where it is.
        displace(folder, document, name);
      }
    }
    if (!file.complete() && folder.isNobodys()) {
      displaceUnknown(Location.file(file.label()));
    }
  }

  private void displace(Folder folder, Document document, ResourceName name) {
    boolean isPartnersOwn = folder.kind() == DocumentKind.INSTANCE && folder.partner() != null;
    if (document.kind() == DocumentKind.INSTANCE) {
      displaced.add(new Displaced(name, isPartnersOwn ? folder.owner() : null, document.where()));
    } else if (document.kind() == DocumentKind.PARTNER && !isPartnersOwn) {
      displacedPartners.add(name);
    }
  }

  /** Notes a document that cannot be read. One such place is enough. */
  private void displaceUnknown(Location where) {
    if (displaced.stream().noneMatch(one -> one.name() == null)) {
      displaced.add(new Displaced(null, null, where));
    }
  }

  private void add(Folder folder, Document document, ResourceName name) {
    boolean isFirst = names.add(document.kind(), name);
    if (document.spec() instanceof InstanceSpec spec) {
      instances.add(new Claim(folder.owner(), name, document, spec));
    } else if (!isFirst) {
      Location first = first(document, name);
      problems.add(
          folder.scope(),
          Problem.of("duplicate-document", document.title() + " is here and at " + first)
              .hint("keep one of them, or rename one")
              .at(document.where()));
    } else {
      first(document, name);
      if (document.sound() && document.spec() != null) {
        put(name, document.spec());
      }
    }
  }

  private Location first(Document document, ResourceName name) {
    Map<ResourceName, Location> known =
        places.computeIfAbsent(document.kind(), none -> new HashMap<>());
    Location first = known.putIfAbsent(name, document.where());
    return first == null ? document.where() : first;
  }

  private void put(ResourceName name, Spec spec) {
    switch (spec) {
      case SiteSpec read -> site = read;
      case Spec.OfHost read -> hosts.put(name, read.host());
      case Spec.OfKernel read -> kernels.put(name, read.kernel());
      case Spec.OfImage read -> {
        images.put(name, read.image());
        if (read.script() != null) {
          scripts.put(name, read.script());
        }
      }
      case Spec.OfSwitch read -> switches.put(name, read);
      case Spec.OfPartner read -> partners.put(name, read);
      case InstanceSpec instance -> {}
    }
  }

  private void requireSite(List<LoadedFile> files, Set<Folder> unread) {
    boolean hasFile =
        Stream.concat(files.stream().map(LoadedFile::folder), unread.stream())
            .anyMatch(folder -> folder.kind() == DocumentKind.SITE);
    if (!hasFile) {
      problems.add(
          Scope.EVERYTHING,
          Problem.of(
                  "not-a-fjord-repository",
                  "not a fjord repository: " + Folder.SITE_FILE + " is missing")
              .hint("it holds the Site; 'fjord init DIR' writes a repository to start from"));
      names.addUnknown(DocumentKind.SITE);
    } else if (names.lacksAny(DocumentKind.SITE)) {
      problems.add(
          Scope.EVERYTHING,
          Problem.of("not-a-fjord-repository", Folder.SITE_FILE + " holds no Site")
              .at(Location.file(Folder.SITE_FILE)));
    } else if (names.of(DocumentKind.SITE).size() > 1) {
      problems.add(
          Scope.EVERYTHING,
          Problem.of("duplicate-document", Folder.SITE_FILE + " holds more than one Site")
              .hint("keep one of them")
              .at(Location.file(Folder.SITE_FILE)));
    }
  }

  /**
   * Holds partners whose document is elsewhere or cannot be read: nothing of theirs changes as long
   * as their keys and their quota are unknown. A folder of a partner that the site does not know
   * may have been a known partner's before a rename.
   */
  private void holdMissingPartners(List<LoadedFile> files, Set<Folder> unread) {
    Set<ResourceName> missing = new TreeSet<>(displacedPartners);
    Stream.concat(files.stream().map(LoadedFile::folder), unread.stream())
        .map(Folder::partner)
        .filter(Objects::nonNull)
        .forEach(missing::add);
    missing.removeAll(partners.keySet());
    missing.forEach(partner -> problems.hold(Scope.of(Owner.partner(partner))));
    for (LoadedFile file : files) {
      ResourceName partner = file.folder().partner();
      if (!file.complete() && partner != null && missing.contains(partner)) {
        displaceUnknown(Location.file(file.label()));
      }
    }
    for (Folder folder : unread) {
      ResourceName partner = folder.partner();
      if (folder.isNobodys()) {
        displaceUnknown(Location.file(Folder.PARTNERS));
      } else if (partner != null && missing.contains(partner)) {
        displaceUnknown(Location.file(Folder.PARTNERS + "/" + partner));
      }
    }
  }

  private void requirePartners(List<LoadedFile> files) {
    Set<ResourceName> told = new HashSet<>();
    for (LoadedFile file : files) {
      ResourceName partner = file.folder().partner();
      boolean isOwnFile = file.folder().kind() == DocumentKind.PARTNER;
      boolean isLacking = partner != null && names.lacks(DocumentKind.PARTNER, partner);
      // A file that holds something else has a problem that says so.
      if (isLacking && file.sound() && told.add(partner)) {
        String summary =
            isOwnFile
                ? file.label() + " holds no document"
                : "there is no Partner " + partner + ", whose folder this is in";
        problems.add(
            file.folder().scope(),
            Problem.of("no-such-partner", summary)
                .hint("declare it in " + Folder.PARTNERS + "/" + partner + ".yaml")
                .at(Location.file(file.label())));
      }
    }
  }
}
