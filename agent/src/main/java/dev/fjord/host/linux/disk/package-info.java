/** Disks: the stores of kernels and pristine images, and the folders of instances. */
@NullMarked
package dev.fjord.host.linux.disk;

import org.jspecify.annotations.NullMarked;
