/** YAML 1.2 as trees that know their places, read within limits. The only user of SnakeYAML. */
@NullMarked
package dev.fjord.load.yaml;

import org.jspecify.annotations.NullMarked;
