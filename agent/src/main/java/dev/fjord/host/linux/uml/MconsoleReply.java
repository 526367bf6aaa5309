package dev.fjord.host.linux.uml;

import dev.fjord.problem.Problem;

/** The result of one request to a kernel's management socket. */
public sealed interface MconsoleReply {

  /**
   * The command was done.
   *
   * @param truncated packets are missing at the end: the queue holds ten, a long reply loses some
   */
  record Answer(String text, boolean truncated) implements MconsoleReply {}

  /**
   * The kernel refused.
   *
   * @param errno negative
   */
  record Refusal(int errno, String text) implements MconsoleReply {}

  /** No kernel listens there: no such file, or its owner has ended. */
  record Nobody(String found) implements MconsoleReply {}

  /** A kernel is there, and did not answer in time. */
  record Silence() implements MconsoleReply {}

  /**
   * The answer's text.
   *
   * @param tried named in the error, such as {@code pausing instance linda}
   * @throws dev.fjord.problem.ProblemException for every other reply
   */
  default String textOrThrow(String tried) {
    return switch (this) {
      case Answer answer -> answer.text();
      case Refusal refusal ->
          throw Problem.of("mconsole-refused", tried + ": the kernel refused")
              .detail("errno " + refusal.errno() + " " + refusal.text().strip())
              .asException();
      case Nobody nobody ->
          throw Problem.of("mconsole-absent", tried + ": no kernel listens on its mconsole")
              .detail(nobody.found())
              .hint("It may just have ended: run 'fjord status'.")
              .asException();
      case Silence silence ->
          throw Problem.of("mconsole-silent", tried + ": the kernel did not answer in time")
              .hint("It hangs or is starved of processor time; stopping it still works.")
              .asException();
    };
  }
}
