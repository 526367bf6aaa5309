package dev.fjord.host.linux.daemon;

import dev.fjord.process.Effort;
import dev.fjord.process.Patience;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One question to a name server of this host: the address of a name (RFC 1035, section 4.1). The
 * JDK's own resolver asks the servers of the host alone.
 *
 * @param server an address that the server is bound to
 * @param pid its process: time in which it gets no processor does not count against it
 */
record NameQuestion(InetAddress server, long pid) {
  private static final int PORT = 53;
  private static final int TRY_MILLIS = 200;
  private static final int LARGEST = 512;
  private static final int HEADER = 12;
  private static final int RECURSE = 0x0100;
  private static final int RESPONSE = 0x8000;
  private static final short ADDRESS = 1;
  private static final short INTERNET = 1;

  /** The result. */
  enum Reply {
    /** It has an address for the name. */
    KNOWN,
    /** It answers, and does not know the name. */
    UNKNOWN,
    /** Nothing came. */
    SILENCE,
    /** This host's own rules forbid the question. */
    FORBIDDEN
  }

  /** Asks once, and again every fifth of a second, as long as {@code limit} has it. */
  Reply ask(String name, Duration limit) {
    Patience patience = Patience.of(limit);
    int id = ThreadLocalRandom.current().nextInt(1 << 16);
    byte[] question = question(id, name);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(server, PORT));
      socket.setSoTimeout(TRY_MILLIS);
      while (patience.look(System.nanoTime(), () -> Effort.of(pid), () -> 0)
          == Patience.Verdict.WAIT) {
        Reply reply = once(socket, question, id);
        if (reply != Reply.SILENCE) {
          return reply;
        }
      }
      return Reply.SILENCE;
    } catch (PortUnreachableException nobodyThere) {
      return Reply.SILENCE;
    } catch (IOException refused) {
      return Reply.FORBIDDEN;
    }
  }

  private static Reply once(DatagramSocket socket, byte[] question, int id) throws IOException {
    socket.send(new DatagramPacket(question, question.length));
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException silent) {
      return Reply.SILENCE;
    }
    return reply(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()), id);
  }

  private static Reply reply(ByteBuffer packet, int id) {
    try {
      boolean ours = Short.toUnsignedInt(packet.getShort()) == id;
      int flags = packet.getShort();
      packet.getShort();
      return ours && (flags & RESPONSE) != 0
          ? packet.getShort() > 0 ? Reply.KNOWN : Reply.UNKNOWN
          : Reply.SILENCE;
    } catch (BufferUnderflowException cutShort) {
      return Reply.SILENCE;
    }
  }

  private static byte[] question(int id, String name) {
    ByteBuffer packet = ByteBuffer.allocate(LARGEST);
    packet.putShort((short) id).putShort((short) RECURSE).putShort((short) 1).position(HEADER);
    for (String label : name.split("\\.", -1)) {
      packet.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    packet.put((byte) 0).putShort(ADDRESS).putShort(INTERNET);
    byte[] bytes = new byte[packet.position()];
    packet.flip().get(bytes);
    return bytes;
  }
}
