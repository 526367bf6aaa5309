/**
 * What is made rather than copied: images of Debian suites and of root file system archives, and
 * kernels out of Debian packages.
 */
@NullMarked
package dev.fjord.host.linux.build;

import org.jspecify.annotations.NullMarked;
