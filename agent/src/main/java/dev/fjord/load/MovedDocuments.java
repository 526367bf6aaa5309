package dev.fjord.load;

import dev.fjord.load.document.Document;
import dev.fjord.load.document.DocumentKind;
import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** Finds out whether the document of an instance went from one owner's files to another's. */
public final class MovedDocuments {
  private MovedDocuments() {}

  /** Where the documents of an owner's instances are. */
  public static String folder(Owner owner) {
    return owner.partner() == null ? "instances" : Tree.PARTNERS + "/" + owner.partner();
  }

  /** Whether a commit took the document of an instance away from an owner. */
  public static boolean isTaken(Tree.Commit commit, ResourceName instance, Owner from) {
    return declares(commit, from, Tree.Edit::before, instance)
        && !declares(commit, from, Tree.Edit::after, instance);
  }

  /** Whether it gave one to an owner who had none. */
  public static boolean isGiven(Tree.Commit commit, ResourceName instance, Owner to) {
    return declares(commit, to, Tree.Edit::after, instance)
        && !declares(commit, to, Tree.Edit::before, instance);
  }

  private static boolean declares(
      Tree.Commit commit, Owner owner, Function<Tree.Edit, String> side, ResourceName instance) {
    return commit.edits().stream()
        .anyMatch(edit -> {
          Folder folder = Folder.of(edit.path());
          return folder != null
              && folder.kind() == DocumentKind.INSTANCE
              && !folder.isNobodys()
              && folder.owner().equals(owner)
              && declares(folder, edit.path(), side.apply(edit), instance);
        });
  }

  private static boolean declares(Folder folder, String path, String text, ResourceName instance) {
    List<Document> documents =
        FileReader.read(folder, path, text.getBytes(StandardCharsets.UTF_8)).file().documents();
    return documents.stream()
        .anyMatch(one -> one.kind() == DocumentKind.INSTANCE && instance.equals(one.name()));
  }
}
