package dev.fjord.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fjord.build.Golden;
import dev.fjord.model.Digest;
import dev.fjord.plan.Change;
import dev.fjord.plan.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanReportsTest {

  @Test
  void a_plan_reads_like_a_patch() throws Exception {
    Golden.matches("report/plan.txt", PlanText.of(Plans.full(), Paint.NONE));
  }

  @Test
  void an_empty_plan_is_short() throws Exception {
    Golden.matches("report/plan-empty.txt", PlanText.of(Plans.empty(), Paint.NONE));
  }

  @Test
  void programs_read_json() throws Exception {
    Golden.matches("report/plan.json", PlanJson.text(Plans.full()));
  }

  @Test
  void reviewers_read_markdown() throws Exception {
    Golden.matches("report/plan.md", PlanMarkdown.of(Plans.full()));
  }

  @Test
  void a_version_that_everybody_stays_away_from_frees_and_costs_nothing_else() {
    assertThat(ImageChangeText.lines(Plans.untouched()))
        .containsExactly(
            "keep: linda: outdated; nothing of theirs changes, and nothing restarts",
            "data: nothing is lost: volumes stay as they are, a root that leaves is in the trash",
            "needs: up to 64 MiB for the new version",
            "frees: nothing now: "
                + Digest.ofText("tiny").brief()
                + " (64 MiB) stays while linda stands on it");
  }

  @Test
  void equal_plans_give_equal_bytes_and_one_id() {
    assertThat(PlanJson.text(Plans.full())).isEqualTo(PlanJson.text(Plans.full()));
    assertThat(PlanJson.id(Plans.full())).isNotEqualTo(PlanJson.id(Plans.empty()));
  }

  @Test
  void the_id_is_the_sum_of_the_json_without_it() {
    String compact = Json.compact(PlanJson.of(Plans.full()));
    String id = PlanJson.id(Plans.full());
    assertThat(Digest.ofText(compact.replace("\"id\":\"" + id + "\",", "")).hex()).isEqualTo(id);
    assertThat(compact).doesNotContain("\n", "\" :", "\": ", ", \"");
  }

  @Test
  void who_is_in_a_hurry_reads_what_decides() throws Exception {
    Golden.matches("report/plan-short.md", PlanMarkdown.brief(Plans.full()));
    Golden.matches("report/plan-short.txt", PlanText.brief(Plans.full(), Paint.NONE));
  }

  @Test
  void a_large_plan_fits_a_comment_and_what_decides_comes_first() throws Exception {
    Plan full = Plans.full();
    Change harmless = full.changes().get(1);
    List<Change> many = new ArrayList<>(Collections.nCopies(2000, harmless));
    many.addAll(full.changes());
    Plan large =
        new Plan(
            full.host(),
            full.revision(),
            many,
            full.refused(),
            full.waiting(),
            full.images(),
            full.problems());
    String text = PlanMarkdown.of(large);
    assertThat(text).hasSizeLessThan(60_000).hasSizeGreaterThan(59_000);
    assertThat(text.indexOf("**Refused**")).isBetween(0, 1000);
    assertThat(text.indexOf("<code>delete instance frank</code>"))
        .isBetween(0, text.indexOf("<code>create instance linda</code>"));
    assertThat(text).containsPattern("[0-9]+ more changes and 1 more note not shown here");
    assertThat(PlanMarkdown.brief(large)).hasSizeLessThan(6000).contains("2003 more changes");
  }

  @Test
  void colours_change_no_word() {
    String painted = PlanText.of(Plans.full(), new Paint(true));
    assertThat(painted).contains("\u001b[32m+ create instance linda\u001b[0m");
    assertThat(painted.replaceAll("\u001b\\[[0-9]+m", ""))
        .isEqualTo(PlanText.of(Plans.full(), Paint.NONE));
  }

  @Test
  void what_a_partner_wrote_reaches_no_terminal_as_it_is() throws Exception {
    Plan plan = Plans.hostile();
    for (String text :
        List.of(PlanText.of(plan, Paint.NONE), PlanJson.text(plan), PlanMarkdown.of(plan))) {
      Harmless.check(text);
    }
    Golden.matches("report/plan-hostile.txt", PlanText.of(plan, Paint.NONE));
  }

  @Test
  void what_a_partner_wrote_becomes_no_markup() throws Exception {
    String text = PlanMarkdown.of(Plans.hostile());
    assertThat(text.replaceAll("</?code>|<br>|<!-- -->", "")).doesNotContain("<", "@", "](", "`");
    assertThat(text.lines().filter(line -> line.startsWith("|")))
        .allMatch(line -> line.chars().filter(c -> c == '|').count() == 5);
    Golden.matches("report/plan-hostile.md", text);
  }
}
