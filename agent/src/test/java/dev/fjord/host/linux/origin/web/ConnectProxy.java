package dev.fjord.host.linux.origin.web;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy on the loopback interface that connects through, and nothing else. */
public final class ConnectProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  public ConnectProxy() throws IOException {
    threads.execute(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** First lines of what clients have asked for. */
  public List<String> asked() {
    return asked;
  }

  private void serve(Socket client) {
    try (client) {
      String first = line(client.getInputStream());
      asked.add(first);
      while (!line(client.getInputStream()).isEmpty()) {
        // Headers are of no interest.
      }
      String target = first.split(" ", -1)[1];
      int colon = target.lastIndexOf(':');
      int port = Integer.parseInt(target.substring(colon + 1));
      try (Socket server = new Socket(target.substring(0, colon), port)) {
        byte[] connected = "HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        client.getOutputStream().write(connected);
        threads.execute(() -> pass(client, server));
        pass(server, client);
      }
    } catch (IOException theClientLeft) {
      // As it may.
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException closed) {
      // One of them has ended.
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}
