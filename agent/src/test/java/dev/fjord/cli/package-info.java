/** Tests of the command line. */
package dev.fjord.cli;
