package dev.fjord.host.linux.uml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fjord.process.Command;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnvSplitTest {
  @Test
  void env_takes_apart_what_was_joined() {
    var words =
        List.of("printf", "%s\\n", "a b", "$HOME ${HOME}", "it's", "#", "\\c", "\"", "x=y,z:", "");
    var joined = EnvSplit.join(words);
    assertThat(Command.of("env", "-S", joined).output())
        .isEqualTo("a b\n$HOME ${HOME}\nit's\n#\n\\c\n\"\nx=y,z:\n\n");
  }

  @Test
  void a_control_character_is_refused() {
    assertThatThrownBy(() -> EnvSplit.join(List.of("a\nb")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
