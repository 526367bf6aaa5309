package dev.fjord.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/dev/fjord/fjord.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return new String[] {"fjord " + properties.getProperty("version", "unknown")};
  }
}
