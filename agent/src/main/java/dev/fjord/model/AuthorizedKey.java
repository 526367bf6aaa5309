package dev.fjord.model;

import java.util.regex.Pattern;

/** One line of an {@code authorized_keys} file without options (sshd(8)): type, base64, comment. */
public record AuthorizedKey(String line) {
  private static final Pattern FORM =
      Pattern.compile(
          "(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh.com"
              + "|sk-ecdsa-sha2-nistp256@openssh.com) [A-Za-z0-9+/]{32,1024}={0,2}"
              + "( [-_.@+=:a-zA-Z0-9]{1,128})?");

  public AuthorizedKey {
    if (!FORM.matcher(line).matches()) {
      throw new IllegalArgumentException(
          "not a public key: write 'TYPE BASE64 [COMMENT]' as in an id_ed25519.pub file,"
              + " with no options before it and no spaces in the comment");
    }
  }

  public static AuthorizedKey parse(String text) {
    return new AuthorizedKey(text.strip());
  }

  @Override
  public String toString() {
    return line;
  }
}
