/** Programs that run for switches, started and watched: uml_switch(1) and dnsmasq(8). */
@NullMarked
package dev.fjord.host.linux.daemon;

import org.jspecify.annotations.NullMarked;
