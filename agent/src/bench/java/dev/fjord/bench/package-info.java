/** How long the pure parts of a run take: {@code mvn -Pbench -DskipTests verify}. */
@NullMarked
package dev.fjord.bench;

import org.jspecify.annotations.NullMarked;
