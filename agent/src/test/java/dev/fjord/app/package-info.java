/** Tests of the program without a command line. */
package dev.fjord.app;
