/** A Linux host: disks, links and User-Mode Linux kernels put together. */
@NullMarked
package dev.fjord.host.linux;

import org.jspecify.annotations.NullMarked;
