/** Tests of downloads, against servers on the loopback interface. */
@NullMarked
package dev.fjord.host.linux.origin.web;

import org.jspecify.annotations.NullMarked;
