/** Files of web servers, in parts where it must be: the only user of the JDK's HTTP client. */
@NullMarked
package dev.fjord.host.linux.origin.web;

import org.jspecify.annotations.NullMarked;
