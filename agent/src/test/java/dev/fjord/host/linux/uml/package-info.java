/** Tests of kernels that run, most of them with real ones. */
@NullMarked
package dev.fjord.host.linux.uml;

import org.jspecify.annotations.NullMarked;
