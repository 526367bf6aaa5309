package dev.fjord.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.model.Owner;
import dev.fjord.model.ResourceName;
import dev.fjord.model.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who took a document from whom. */
class MovedDocumentsTest {
  private static final Owner BOB = Owner.partner(new ResourceName("bob"));
  private static final Owner LINDA = Owner.partner(new ResourceName("linda"));
  private static final ResourceName WEB = new ResourceName("web");
  private static final String TEXT = LoaderTest.instanceText("web", "{}");

  @Test
  void one_commit_that_moves_a_file_moves_its_document() {
    assertThat(together(commit(gone("partners/bob/web.yaml"), came("partners/linda/x.yaml"))))
        .isTrue();
  }

  @Test
  void also_among_others_in_a_file() {
    String more = LoaderTest.instanceText("other", "{}");
    assertThat(
            together(
                commit(
                    new Tree.Edit("partners/bob/all.yaml", more + "---\n" + TEXT, more),
                    new Tree.Edit("partners/linda/all.yaml", more, TEXT + "---\n" + more))))
        .isTrue();
  }

  @Test
  void a_document_that_was_there_before_is_not_given() {
    assertThat(
            together(
                commit(
                    gone("partners/bob/web.yaml"),
                    new Tree.Edit("partners/linda/web.yaml", TEXT, TEXT + "# touched\n"))))
        .isFalse();
  }

  @Test
  void a_document_that_is_there_still_is_not_taken() {
    assertThat(
            together(
                commit(
                    gone("partners/bob/web.yaml"),
                    came("partners/bob/web2.yaml"),
                    came("partners/linda/web.yaml"))))
        .isFalse();
  }

  @Test
  void others_folders_and_other_names_are_nothing_to_it() {
    assertThat(together(commit(gone("partners/bo/web.yaml"), came("partners/linda/web.yaml"))))
        .isFalse();
    assertThat(together(commit(gone("partners/bob/web.yaml"), came("instances/web.yaml"))))
        .isFalse();
    assertThat(
            together(
                commit(
                    gone("partners/bob/web.yaml"),
                    new Tree.Edit(
                        "partners/linda/w.yaml", "", LoaderTest.instanceText("web2", "{}")))))
        .isFalse();
  }

  @Test
  void the_sites_own_folder_is_an_owners_too() {
    Tree.Commit commit = commit(gone("instances/web.yaml"), came("partners/linda/web.yaml"));
    assertThat(MovedDocuments.isTaken(commit, WEB, Owner.SITE)).isTrue();
    assertThat(MovedDocuments.isGiven(commit, WEB, LINDA)).isTrue();
    assertThat(MovedDocuments.folder(Owner.SITE)).isEqualTo("instances");
    assertThat(MovedDocuments.folder(BOB)).isEqualTo("partners/bob");
  }

  private static boolean together(Tree.Commit commit) {
    return MovedDocuments.isTaken(commit, WEB, BOB) && MovedDocuments.isGiven(commit, WEB, LINDA);
  }

  private static Tree.Commit commit(Tree.Edit... edits) {
    return new Tree.Commit(List.of(edits));
  }

  private static Tree.Edit gone(String path) {
    return new Tree.Edit(path, TEXT, "");
  }

  private static Tree.Edit came(String path) {
    return new Tree.Edit(path, "", TEXT);
  }
}
