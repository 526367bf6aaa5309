package dev.fjord.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CpuShareTest {
  @Test
  void reads_a_limit_in_percent_of_a_processor() {
    assertThat(CpuShare.parseLimit("5%")).isEqualTo(5);
    assertThat(CpuShare.parseLimit("150%")).isEqualTo(150);
    assertThatThrownBy(() -> CpuShare.parseLimit("1.5"))
        .hasMessage("'1.5' is no part of a processor, such as 50% or 150%");
    assertThatThrownBy(() -> CpuShare.parseLimit("4%"))
        .hasMessage("a limit is 5% to 100000% of a processor, not 4%");
    assertThatThrownBy(() -> CpuShare.parseLimit("999999%"))
        .hasMessage("a limit is 5% to 100000% of a processor, not 999999%");
  }

  @Test
  void a_weight_is_one_of_control_groups() {
    assertThat(new CpuShare(10_000, 50)).hasToString("weight 10000, at most 50%");
    assertThat(CpuShare.USUAL).hasToString("weight 100");
    assertThatThrownBy(() -> new CpuShare(0, null)).hasMessage("a weight is 1 to 10000, not 0");
  }
}
