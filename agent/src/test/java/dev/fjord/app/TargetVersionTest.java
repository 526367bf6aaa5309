package dev.fjord.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.model.Digest;
import dev.fjord.model.ImageVersion;
import dev.fjord.model.ResourceName;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetVersionTest {
  @Test
  void which_version_is_meant_is_asked_when_it_is_not_clear() {
    var linda = new ResourceName("linda");
    var one = new ImageVersion(new ResourceName("tiny"), Digest.ofText("1"));
    var two = new ImageVersion(new ResourceName("tiny"), Digest.ofText("2"));
    assertThat(TargetVersion.of(List.of(one), linda, "")).isEqualTo(one);
    assertThat(TargetVersion.of(List.of(one, two), linda, two.toString())).isEqualTo(two);
    assertThatThrownBy(() -> TargetVersion.of(List.of(), linda, ""))
        .hasMessage("no other version of its image is stored");
    assertThatThrownBy(() -> TargetVersion.of(List.of(one, two), linda, ""))
        .hasMessage("there is more than one version that linda could be moved to");
    assertThatThrownBy(() -> TargetVersion.of(List.of(one), linda, "tiny@no"))
        .hasMessage("'tiny@no' names no version");
  }
}
